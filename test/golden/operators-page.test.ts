import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operatorsPage } from '@asterism/genome';

it('docs/operators.md is what the descriptors say (ASTERISM_UPDATE=1 writes it anew)', () => {
  const path = join(__dirname, '..', '..', 'docs', 'operators.md');
  if (process.env['ASTERISM_UPDATE']) writeFileSync(path, operatorsPage());
  expect(readFileSync(path, 'utf8')).toBe(operatorsPage());
});
