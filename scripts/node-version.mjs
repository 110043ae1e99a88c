// Imported first by every entry script: an old Node would otherwise fail with a message about syntax.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `asterism: Node ${process.versions.node} is too old. What to do: install Node 20.19 or newer.`,
  );
  process.exit(1);
}
