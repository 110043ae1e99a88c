import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { checkout } from '../config/checkout';

/** Files of genomes/library and genomes/spaces, read once. */
@Injectable()
export class Library {
  readonly genomes = readFolder('library');
  readonly spaces = readFolder('spaces');
}

function readFolder(folder: string): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const path = join(checkout, 'genomes', folder);
  const files = readdirSync(path).filter((name) => name.endsWith('.json')).sort();
  return new Map(files.map((name) => [basename(name, '.json'), JSON.parse(readFileSync(join(path, name), 'utf8')) as Record<string, unknown>]));
}
