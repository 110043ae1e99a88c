import { genomeHash } from './canonical';
import { describe } from './describe';
import { operators } from './operators';
import type { Genome } from './schema';

interface Fact {
  /** What it is said of, such as `swiglu hidden`; the same for like LIVs. */
  readonly said: string;
  readonly value: unknown;
}

/**
 * What tells genomes of one code apart, one text each: the knobs that differ between them, such as
 * `swiglu hidden 1792, 2304` for two LIVs of that label. Empty where nothing differs; equal for equal genomes only.
 */
export function tellApart(genomes: readonly Genome[]): readonly string[] {
  const facts = genomes.map(factsOf);
  const places = [...new Set(facts.flatMap((found) => [...found.keys()]))];
  const differing = places.filter((place) => new Set(facts.map((found) => valueAt(found, place))).size > 1);
  const texts = facts.map((found) => textOf(found, differing));
  if (differing.length === 0) return texts;
  const hashes = genomes.map(genomeHash);
  const owners = new Map<string, Set<string>>();
  texts.forEach((text, index) => owners.set(text, (owners.get(text) ?? new Set()).add(hashes[index]!)));
  return texts.map((text, index) => (owners.get(text)!.size > 1 ? withHash(text, hashes[index]!) : text));
}

/** Every knob by its place, and what a reader calls it. */
function factsOf(genome: Genome): ReadonlyMap<string, Fact> {
  const { backbone, name: _name, format: _format, ...rest } = genome;
  const { labels } = describe(genome);
  const found = new Map<string, Fact>();
  const put = (place: string, said: string, value: unknown): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      found.set(place, { said, value });
      return;
    }
    for (const [key, inner] of Object.entries(value)) put(`${place}/${key}`, `${said} ${key}`.trim(), inner);
  };
  backbone.forEach(({ kind, ...knobs }, index) => {
    put(`backbone/${index}`, labels[index]!, { ...operators[kind].leftOut, ...knobs });
  });
  put('', '', rest);
  return found;
}

function valueAt(found: ReadonlyMap<string, Fact>, place: string): string {
  return JSON.stringify(found.get(place)?.value ?? null);
}

function textOf(found: ReadonlyMap<string, Fact>, places: readonly string[]): string {
  const bySaid = new Map<string, string[]>();
  for (const place of places) {
    const fact = found.get(place);
    if (fact) bySaid.set(fact.said, [...(bySaid.get(fact.said) ?? []), worded(fact.value)]);
  }
  return [...bySaid].map(([said, values]) => `${said} ${once(values).join(', ')}`).join('; ');
}

function worded(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function once(values: readonly string[]): readonly string[] {
  return new Set(values).size === 1 ? values.slice(0, 1) : values;
}

/** Where words are not enough: a knob that one genome lacks is not said of it. */
function withHash(text: string, hash: string): string {
  return [text, hash.slice(0, 12)].filter((part) => part !== '').join('; ');
}
