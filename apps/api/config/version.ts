import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './checkout';

/** Version of this checkout. */
export const version: string = (
  JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string }
).version;
