import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Root of the checkout, from the sources as from dist/: the folder that holds `genomes/`. */
export const checkout: string = find(__dirname);

function find(folder: string): string {
  if (existsSync(join(folder, 'genomes')) && existsSync(join(folder, 'prisma'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error('no checkout around the API: genomes/ and prisma/ are missing');
  return find(above);
}
