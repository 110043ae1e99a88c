/** Objective values of one candidate; smaller is better in every place. */
export type Point = readonly number[];

/** a is nowhere worse than b and somewhere better. Equal points do not dominate each other. */
export function dominates(a: Point, b: Point): boolean {
  let better = false;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    if (x > y) return false;
    if (x < y) better = true;
  }
  return better;
}

/** First differing objective decides: a total order on values, so that sums and sweeps ignore input order. */
export function compareLexicographically(a: Point, b: Point): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Throws on a value no comparison can order, or on points of different lengths: both are bugs of the caller. */
export function assertPoints(points: readonly Point[], objectives?: number): void {
  const length = objectives ?? points[0]?.length ?? 0;
  for (const point of points) {
    if (point.length !== length)
      throw new RangeError(`a point has ${point.length} objectives, expected ${length}`);
    for (const value of point) {
      if (!Number.isFinite(value)) throw new RangeError(`objective values are finite numbers, got ${value}`);
    }
  }
}
