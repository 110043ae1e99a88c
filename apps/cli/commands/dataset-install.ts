import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { DatasetView } from '@asterism/contracts';
import { Api } from '../api';
import { CliError } from '../errors';
import { show, type Io } from '../io';
import { number } from '../output/format';
import { python } from '../python';

/** As the API bounds it. */
const LONGEST_SOURCE = 1000;

interface InstallOptions {
  readonly packages?: string;
  readonly languages?: boolean;
  readonly name: string;
}

interface Written {
  readonly path: string;
  readonly documents: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Packages and versions. */
  readonly source: string;
}

/** What `python -m asterism dataset docs … --report` says. */
interface Report {
  readonly leftOut: Readonly<Record<string, number>>;
  readonly written: readonly Written[];
}

async function writeDocs(folder: string, { packages, languages }: InstallOptions): Promise<Report> {
  const report = join(folder, 'report.json');
  const words = [
    ...['dataset', 'docs', join(folder, 'docs.jsonl'), '--report', report],
    ...(packages === undefined ? [] : [`--packages=${packages}`]),
    ...(languages === true ? ['--languages', join(folder, 'docs-languages.jsonl')] : []),
  ];
  if ((await python(words, { quiet: true })) !== 0)
    throw new CliError('nothing was registered', 'see the line above');
  return JSON.parse(readFileSync(report, 'utf8')) as Report;
}

/** Refuses before anything is uploaded: of two datasets, none is registered when one cannot be. */
function check(there: readonly DatasetView[], names: readonly string[], { written }: Report): void {
  if (written.some(({ source }) => source.length > LONGEST_SOURCE))
    throw new CliError('the packages and their versions are too many to be recorded', 'name fewer packages');
  for (const [at, name] of names.entries()) {
    const held = there.find((dataset) => dataset.name === name);
    if (held === undefined || held.sha256 === written[at]?.sha256) continue;
    const from = held.source === undefined ? '' : ` (${held.source})`;
    throw new CliError(`the name '${name}' holds other text${from}`, 'choose another with --name');
  }
}

async function register(api: Api, name: string, written: Written): Promise<DatasetView> {
  const { path, sha256, source } = written;
  const bytes = new Uint8Array(readFileSync(path));
  await api.send('PUT', `/v1/artifacts/${sha256}`, bytes, {
    'content-type': 'application/octet-stream',
  });
  return api.post<DatasetView>('/v1/datasets', { name, kind: 'text', sha256, source });
}

function lines(added: readonly DatasetView[], { leftOut }: Report): string {
  const dropped = Object.entries(leftOut).map(([reason, count]) => `${reason}: ${number(count)}`);
  return [
    ...added.flatMap(({ name, documents, bytes, sha256, source }) => [
      `${name}: ${documents} documents, ${number(bytes)}B, ${sha256.slice(0, 12)}`,
      `  ${source ?? ''}`,
    ]),
    ...(dropped.length === 0 ? [] : [`  left out: ${dropped.join('; ')}`]),
  ].join('\n');
}

/** `asterism dataset install docs`: text of Debian's packages, converted by the worker's Python. */
export function datasetInstallCommand(dataset: Command, io: () => Io): void {
  dataset
    .command('install <corpus>')
    .description('register text of ordinary packages; docs: Debian’s documentation, about 23 MB of English')
    .option('--packages <names>', 'these packages, with commas between, in place of the usual ones')
    .option('--languages', 'also <name>-languages: the translations')
    .option('--name <name>', 'name to use in search files', 'docs')
    .action(async (corpus: string, options: InstallOptions) => {
      if (corpus !== 'docs') throw new CliError(`no dataset is installed as ${corpus}`, 'allowed: docs');
      const api = await Api.open();
      const folder = mkdtempSync(join(tmpdir(), 'asterism-docs-'));
      try {
        const there = await api.all<DatasetView>('/v1/datasets');
        const report = await writeDocs(folder, options);
        const names = [options.name, `${options.name}-languages`].slice(0, report.written.length);
        check(there, names, report);
        const added: DatasetView[] = [];
        for (const [at, written] of report.written.entries())
          added.push(await register(api, names[at] ?? options.name, written));
        show(io(), added, () => lines(added, report));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
}
