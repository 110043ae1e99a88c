import { genomeHash } from '../canonical';
import { parseGenome, record } from '../parse';
import { depthProblem } from '../problems';
import { type Problem, refuse, type Result, succeed } from '../result';
import type { Entry, Genome } from '../schema';
import { operators } from '../operators';
import type { Decoder, Layered, Liv, ModelFamily } from './family';
import { gemma2 } from './gemma2';
import { gemma3Text } from './gemma3-text';
import { graniteMoeHybrid } from './granitemoehybrid';
import { lfm2 } from './lfm2';
import { lfm2Moe } from './lfm2-moe';
import { llama } from './llama';
import { mamba } from './mamba';
import { mamba2 } from './mamba2';
import { mistral } from './mistral';
import { phi3 } from './phi3';
import { qwen3 } from './qwen3';
import { reading } from './reader';
import { recurrentGemma } from './recurrent-gemma';

const families: readonly ModelFamily[] = [
  gemma2,
  gemma3Text,
  graniteMoeHybrid,
  lfm2,
  lfm2Moe,
  llama,
  mamba,
  mamba2,
  mistral,
  phi3,
  qwen3,
  recurrentGemma,
];
const byType = new Map(families.map((family) => [family.modelType, family]));

/** Every `model_type` of Transformers that maps. */
export const modelTypes: readonly string[] = families.map(({ modelType }) => modelType);

export interface Imported {
  readonly genome: Genome;
  /** What the released model has besides, and this genome has not. */
  readonly notes: readonly string[];
}

/** The genome of a Transformers configuration, or every field that does not map, in the order of the file. */
export function importConfig(document: unknown): Result<Imported> {
  const deep = depthProblem(document);
  if (deep) return refuse([deep]);
  const config = record(document);
  if (!config) return refuse([{ pointer: '', code: 'wrong-type', message: 'must be an object' }]);
  const family = byType.get(String(config['model_type']));
  if (!family) return refuse([unknownType(config['model_type'])]);
  const { fields, problems } = reading(config);
  const decoder = family.read(fields);
  const found = problems();
  if (found.length > 0) return refuse(found);
  const genome = parseGenome(documentOf(decoder));
  return genome.ok
    ? succeed({ genome: genome.value, notes: decoder.notes ?? [] })
    : refuse(genome.problems.map(asConfigProblem));
}

/** The configuration of a genome, in Transformers' spelling; the first family that says it exactly, or the named one. */
export function exportConfig(genome: Genome, modelType?: string): Result<Readonly<Record<string, unknown>>> {
  if (modelType !== undefined && !byType.has(modelType)) return refuse([unknownType(modelType)]);
  const wanted = genomeHash(folded(genome));
  for (const family of families) {
    if (modelType !== undefined && family.modelType !== modelType) continue;
    const config = configOf(family, genome);
    const again = importConfig(config);
    if (again.ok && genomeHash(again.value.genome) === wanted) return succeed(config);
  }
  const whom = modelType ?? `any of ${modelTypes.join(', ')}`;
  return refuse([{ pointer: '', code: 'unmappable', message: `is not a model that ${whom} can say` }]);
}

function configOf(family: ModelFamily, genome: Genome): Readonly<Record<string, unknown>> {
  const config = {
    model_type: family.modelType,
    architectures: [family.architecture],
    ...family.write(layered(genome)),
  };
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}

function layered(genome: Genome): Layered {
  const livs = Array.from({ length: genome.size.repeats }, () => genome.backbone).flat();
  const layers: Entry[][] = [];
  for (const liv of livs)
    if (operators[liv.kind].role === 'mixer' || layers.length === 0) layers.push([liv]);
    else layers.at(-1)!.push(liv);
  const first: Layered['first'] = (kind) => livs.find((liv) => liv.kind === kind) as never;
  return { genome, layers, first };
}

/** The same layers as the shortest list that repeats: how the library writes uniform models, and one hash for both. */
function folded(genome: Genome): Genome {
  const { layers } = layered(genome);
  const { list, repeats } = shortest(layers);
  return { ...genome, size: { ...genome.size, repeats }, backbone: list.flat() };
}

function documentOf(decoder: Decoder): unknown {
  const { list, repeats } = shortest<readonly Liv[]>(decoder.layers);
  return {
    format: 1,
    size: { width: decoder.width, vocab: decoder.vocab, repeats, tiedEmbeddings: decoder.tied },
    norm: { eps: decoder.eps, placement: decoder.placement ?? 'pre' },
    embedScale: decoder.embedScale ?? 'none',
    finalSoftcap: decoder.finalSoftcap ?? 0,
    backbone: list.flat(),
  };
}

const MOST_REPEATS = 128;

function shortest<T>(layers: readonly T[]): { readonly list: readonly T[]; readonly repeats: number } {
  const texts = layers.map((layer) => JSON.stringify(layer));
  for (let period = 1; period < layers.length; period++) {
    const repeats = layers.length / period;
    if (!Number.isInteger(repeats) || repeats > MOST_REPEATS) continue;
    if (texts.every((text, i) => text === texts[i % period]))
      return { list: layers.slice(0, period), repeats };
  }
  return { list: layers, repeats: 1 };
}

function unknownType(given: unknown): Problem {
  const allowed = modelTypes.join(', ');
  const said = given === undefined ? 'is required' : `${JSON.stringify(given)} does not map`;
  return { pointer: '/model_type', code: 'unmappable', message: said, allowed };
}

/** A limit of the grammar that no single field states. */
function asConfigProblem(problem: Problem): Problem {
  return { ...problem, pointer: '', message: `as a genome, ${problem.pointer}: ${problem.message}` };
}
