import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { DatasetView } from '@asterism/contracts';
import { isUserKind, userKinds } from '@asterism/search';
import { Api } from '../api';
import { userDataset, type UserDataset } from '../dataset-examples';
import { textDataset } from '../dataset-file';
import { CliError } from '../errors';
import { show, type Io } from '../io';
import { number } from '../output/format';
import { table } from '../output/table';
import { python } from '../python';
import { datasetInstallCommand } from './dataset-install';

/** The text as the worker's Python writes it with a tokenizer from disk. */
async function tokenized(text: Buffer, tokenizer: string): Promise<Buffer> {
  if (!existsSync(tokenizer))
    throw new CliError(`cannot read ${tokenizer}`, 'give a tokenizer.json, or its folder');
  const folder = mkdtempSync(join(tmpdir(), 'asterism-tokens-'));
  try {
    const [from, to] = [join(folder, 'text.jsonl'), join(folder, 'tokens.jsonl')];
    writeFileSync(from, text);
    const code = await python(['tokenize', from, to, '--tokenizer', tokenizer], { quiet: true });
    if (code !== 0) throw new CliError(`${tokenizer} was not used`, 'see the line above');
    return readFileSync(to);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface AddOptions {
  readonly as: string;
  readonly name?: string;
  readonly tokenizer?: string;
}

/** What is registered: text, text in the tokens of a tokenizer, or examples that become a task. */
async function read(
  path: string,
  { as, name, tokenizer }: AddOptions,
): Promise<UserDataset & Pick<DatasetView, 'kind'>> {
  if (isUserKind(as) && tokenizer === undefined) return { kind: as, ...userDataset(path, as, name) };
  if (isUserKind(as)) throw new CliError(`${as} are read as bytes`, 'leave --tokenizer out');
  if (as !== 'text')
    throw new CliError(`no dataset is made as ${as}`, `allowed: text, ${userKinds.join(', ')}`);
  const text = textDataset(path, name);
  return tokenizer === undefined
    ? { kind: 'text', ...text, notes: [] }
    : { kind: 'tokens', name: text.name, bytes: await tokenized(text.bytes, tokenizer), notes: [] };
}

const noun = (kind: DatasetView['kind']): string => (isUserKind(kind) ? kind : 'documents');

export function datasetCommand(program: Command, io: () => Io): void {
  const dataset = program.command('dataset').description('text and examples that trials learn from');
  dataset
    .command('list')
    .description('registered datasets')
    .action(async () => {
      const datasets = await (await Api.open()).all<DatasetView>('/v1/datasets');
      show(io(), datasets, () =>
        table(datasets, [
          { title: 'dataset', value: (d) => d.name },
          { title: 'kind', value: (d) => d.kind },
          { title: 'bytes', right: true, value: (d) => number(d.bytes) },
          { title: 'documents', right: true, value: (d) => number(d.documents) },
          { title: 'sha256', value: (d) => d.sha256.slice(0, 12) },
        ]),
      );
    });
  dataset
    .command('add <path>')
    .description(
      'register text (a file, a folder, .jsonl of {"name","text"}), or with --as your own examples',
    )
    .option('--as <kind>', 'text, pairs, choices or series: the last three become a task', 'text')
    .option('--name <name>', 'name to use in search files')
    .option('--tokenizer <file>', 'write it with this tokenizer.json: tokens in place of bytes')
    .action(async (path: string, options: AddOptions) => {
      const { name, kind, bytes, notes } = await read(path, options);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const api = await Api.open();
      await api.send('PUT', `/v1/artifacts/${sha256}`, new Uint8Array(bytes), {
        'content-type': 'application/octet-stream',
      });
      const added = await api.post<DatasetView>('/v1/datasets', { name, kind, sha256, source: path });
      if (added.sha256 !== sha256)
        throw new CliError(`the name '${name}' holds other ${kind}`, 'choose another with --name');
      const size = `${added.documents} ${noun(kind)}, ${number(added.bytes)}B, ${sha256.slice(0, 12)}`;
      show(io(), added, () => [`${added.name}: ${size}`, ...notes.map((note) => `  ${note}`)].join('\n'));
    });
  datasetInstallCommand(dataset, io);
}
