import { createHash } from 'node:crypto';
import type { Command } from 'commander';
import type { DatasetView } from '@asterism/contracts';
import { Api } from '../api';
import { textDataset } from '../dataset-file';
import { CliError } from '../errors';
import { show, type Io } from '../io';
import { number } from '../output/format';
import { table } from '../output/table';

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
    .action(async (path: string, options: { name?: string }) => {
      const { name, bytes } = textDataset(path, options.name);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const api = await Api.open();
      await api.send('PUT', `/v1/artifacts/${sha256}`, new Uint8Array(bytes), {
        'content-type': 'application/octet-stream',
      });
      const added = await api.post<DatasetView>('/v1/datasets', { name, kind: 'text', sha256, source: path });
      if (added.sha256 !== sha256)
        throw new CliError(`the name '${name}' holds other text`, 'choose another with --name');
      show(
        io(),
        added,
        () => `${added.name}: ${added.documents} documents, ${number(added.bytes)}B, ${sha256.slice(0, 12)}`,
      );
    });
}
