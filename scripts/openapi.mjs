// Regenerates apps/api/openapi.json from the routes of the built API; needs no database.
//   node scripts/openapi.mjs [--check | --validate FILE]
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runMain, UserError } from './process.mjs';
import { checkout } from './state.mjs';

const path = join(checkout, 'apps', 'api', 'openapi.json');

async function main() {
  const given = process.argv.indexOf('--validate');
  if (given > 0) return validate(readFileSync(process.argv[given + 1], 'utf8'));
  const { openApiText } = createRequire(import.meta.url)(
    join(checkout, 'apps', 'api', 'dist', 'http', 'openapi.js'),
  );
  const text = await openApiText();
  await validate(text);
  if (readFileSync(path, 'utf8') === text) return console.log('apps/api/openapi.json is up to date');
  if (process.argv.includes('--check'))
    throw new UserError(
      'apps/api/openapi.json is not up to date',
      'run npm run build, then node scripts/openapi.mjs, and commit the result',
    );
  writeFileSync(path, text);
  console.log('wrote apps/api/openapi.json');
}

async function validate(source) {
  const { createConfig, lintFromString } = await import('@redocly/openapi-core');
  const config = await createConfig({ extends: ['spec'] });
  const problems = await lintFromString({ source, config, absoluteRef: path });
  const lines = problems.map(({ message, location }) => `${location[0]?.pointer ?? ''}: ${message}`);
  if (lines.length > 0)
    throw new UserError(`apps/api/openapi.json is not OpenAPI:\n  ${lines.slice(0, 10).join('\n  ')}`);
}

await runMain(main);
process.exit();
