// Regenerates apps/api/openapi.json from the built API's routes; --check only compares. Needs no database.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runMain, UserError } from './process.mjs';
import { checkout } from './state.mjs';

await runMain(() => {
  const require = createRequire(import.meta.url);
  const { openApiText } = require(join(checkout, 'apps', 'api', 'dist', 'http', 'openapi.js'));
  return openApiText().then((text) => {
    const path = join(checkout, 'apps', 'api', 'openapi.json');
    if (readFileSync(path, 'utf8') === text) return console.log('apps/api/openapi.json is up to date');
    if (process.argv.includes('--check')) throw new UserError('apps/api/openapi.json is not up to date', 'run npm run build && npm run openapi, and commit the result');
    writeFileSync(path, text);
    console.log('wrote apps/api/openapi.json');
  });
});
process.exit();
