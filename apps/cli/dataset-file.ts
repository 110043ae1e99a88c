import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, extname, join, relative } from 'node:path';
import { nameOf } from './dataset-examples';
import { CliError } from './errors';

interface Document {
  readonly name: string;
  readonly text: string;
}

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .flatMap((entry) =>
      entry.isDirectory()
        ? files(join(folder, entry.name))
        : entry.isFile()
          ? [join(folder, entry.name)]
          : [],
    )
    .sort();
}

function fromLines(path: string): Document[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line, at) => {
      if (line.trim() === '') return [];
      const document = parseLine(line);
      if (document === undefined)
        throw new CliError(`${path}:${at + 1}: not a document`, 'each line is {"name": …, "text": …}');
      return [document];
    });
}

function parseLine(line: string): Document | undefined {
  try {
    const value = JSON.parse(line) as Partial<Document> | null;
    return typeof value?.name === 'string' && typeof value.text === 'string'
      ? { name: value.name, text: value.text }
      : undefined;
  } catch {
    return undefined;
  }
}

function documents(path: string): Document[] {
  if (statSync(path).isDirectory())
    return files(path).map((file) => ({ name: relative(path, file), text: readFileSync(file, 'utf8') }));
  if (extname(path) === '.jsonl') return fromLines(path);
  return [{ name: basename(path), text: readFileSync(path, 'utf8') }];
}

/**
 * A text dataset as the service keeps it: one document per line, sorted by name, so that the content hash does not
 * depend on the order of a folder. Documents are what the split into train, select and report is drawn over.
 */
export function textDataset(path: string, name?: string): { readonly name: string; readonly bytes: Buffer } {
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    throw new CliError(`cannot read ${path}`, 'give a text file, a .jsonl file or a folder');
  const sorted = documents(path)
    .filter((document) => document.text !== '')
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  if (sorted.length < 3) {
    throw new CliError(
      `${path} holds ${sorted.length} documents`,
      'three or more are needed to split into train, select and report',
    );
  }
  const bytes = Buffer.from(sorted.map((document) => `${JSON.stringify(document)}\n`).join(''));
  return { name: name ?? nameOf(path), bytes };
}
