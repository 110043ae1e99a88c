/**
 * Names one random number: the search's seed, the decision it belongs to, what it is for, and its
 * index within that purpose. Two different keys give independent numbers, so adding or removing a
 * draw never shifts another one.
 */
export interface Key {
  /** The search's seed: any safe integer. */
  readonly seed: number;
  /** The decision (n-th act of the engine) the draw is made for. */
  readonly decision: number;
  /** What the draw is for, such as `parent` or `mutate/kind`. */
  readonly purpose: string;
  /** Which draw of this purpose; 0 when left out. */
  readonly index?: number;
}

/** The same purpose, draw number `index`. */
export function at(key: Key, index: number): Key {
  return { ...key, index };
}

/**
 * A purpose inside a purpose: `child({purpose: 'mutate', index: 3}, 'kind')` is `mutate#3/kind`, index 0.
 * The index of the parent becomes part of the name, so children of different draws stay apart.
 */
export function child(key: Key, purpose: string): Key {
  return { seed: key.seed, decision: key.decision, purpose: `${key.purpose}#${key.index ?? 0}/${purpose}` };
}

/** The text that is hashed. The purpose stands last and the numbers hold no bar, so no two keys share a text. */
export function keyText({ seed, decision, purpose, index = 0 }: Key): string {
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(decision) || !Number.isSafeInteger(index)) {
    throw new RangeError(
      `a random key needs whole numbers: seed ${seed}, decision ${decision}, index ${index}`,
    );
  }
  return `asterism-random-1|${seed}|${decision}|${index}|${purpose}`;
}
