import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { DatasetView } from '@asterism/contracts';
import { Api } from '../api';
import { textDataset } from '../dataset-file';
import { CliError } from '../errors';
import { show, type Io } from '../io';
import { number } from '../output/format';
import { table } from '../output/table';
import { python } from '../python';

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

export function datasetCommand(program: Command, io: () => Io): void {
  const dataset = program.command('dataset').description('text that trials learn from');
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
    .description('register a text file, a .jsonl file of {"name","text"}, or a folder of text files')
    .option('--name <name>', 'name to use in search files')
    .option('--tokenizer <file>', 'write it with this tokenizer.json: tokens in place of bytes')
    .action(async (path: string, options: { name?: string; tokenizer?: string }) => {
      const { name, bytes: text } = textDataset(path, options.name);
      const { tokenizer } = options;
      const kind = tokenizer === undefined ? 'text' : 'tokens';
      const bytes = tokenizer === undefined ? text : await tokenized(text, tokenizer);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const api = await Api.open();
      await api.send('PUT', `/v1/artifacts/${sha256}`, new Uint8Array(bytes), {
        'content-type': 'application/octet-stream',
      });
      const added = await api.post<DatasetView>('/v1/datasets', { name, kind, sha256, source: path });
      if (added.sha256 !== sha256)
        throw new CliError(`the name '${name}' holds other text`, 'choose another with --name');
      show(
        io(),
        added,
        () => `${added.name}: ${added.documents} documents, ${number(added.bytes)}B, ${sha256.slice(0, 12)}`,
      );
    });
}
