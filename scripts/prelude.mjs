// Imported first by every entry script: checks Node (an old one would fail with a message about syntax) and reads `.env`.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `asterism: Node ${process.versions.node} is too old. What to do: install Node 20.19 or newer.`,
  );
  process.exit(1);
}

const settings = fileURLToPath(new URL('../.env', import.meta.url));
if (existsSync(settings)) process.loadEnvFile(settings);
