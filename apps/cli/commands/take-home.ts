import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { canonicalJson } from '@asterism/genome';
import type { CandidateDetail, Evaluation } from '@asterism/contracts';
import { Api } from '../api';
import { CliError } from '../errors';
import { show, type Io } from '../io';

/** The finished evaluation whose checkpoint is taken home. */
function trained(candidate: CandidateDetail): Evaluation & { outcome: { status: 'scored' } } {
  const found = candidate.evaluations.find((evaluation) => evaluation.outcome?.status === 'scored');
  if (found === undefined) {
    throw new CliError(
      `${candidate.id} has no checkpoint (${candidate.class ?? candidate.state})`,
      'pull a finished candidate: `asterism front`',
    );
  }
  return found as Evaluation & { outcome: { status: 'scored' } };
}

/** Written under another name first: a folder that is there is whole, also when the disk fills half-way. */
function writeFiles(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    writeFileSync(`${path}.part`, content);
    renameSync(`${path}.part`, path);
  }
}

/** Writes the folder that `asterism.load` reads; the checkpoint's hash. */
export async function pull(api: Api, id: string, folder: string): Promise<string> {
  const candidate = await api.get<CandidateDetail>(`/v1/candidates/${id}`);
  const evaluation = trained(candidate);
  const checkpoint = evaluation.outcome.artifacts.checkpoint;
  writeFiles(folder, {
    'genome.json': `${canonicalJson(candidate.trialGenome)}\n`,
    'deployment.json': `${canonicalJson(candidate.genome)}\n`,
    'model.safetensors': await api.bytes(`/v1/artifacts/${checkpoint}`),
    'card.md': await api.text(`/v1/candidates/${id}/card`),
    'environment.txt': Object.entries(evaluation.outcome.environment ?? {})
      .map(([name, version]) => `${name}==${version}`)
      .join('\n')
      .concat('\n'),
  });
  return checkpoint;
}

export function pullCommand(program: Command, io: () => Io): void {
  program
    .command('pull <candidate> [folder]')
    .description('genome, deployment genome, weights, card and environment, ready for asterism.load(folder)')
    .action(async (id: string, target?: string) => {
      const folder = target ?? id;
      const checkpoint = await pull(await Api.open(), id, folder);
      show(
        io(),
        { folder, candidate: id, checkpoint },
        () => `wrote ${folder}/; in Python: asterism.load('${folder}')`,
      );
    });
}
