import type { Palette } from '../../shared/chart/palette';
import { fractionOf, rampColor } from '../../shared/chart/ramp';
import type { SearchView } from '../../shared/logic/search-view';
import type { Item } from './front-item';

const [SMALLEST, LARGEST] = [6, 20];

/** Fill of the feasible points: ink, or the third objective. */
export function pointStyle(items: readonly Item[], view: SearchView, palette: Palette) {
  const { z } = view;
  if (z === null || view.encoding !== 'color') return () => ({ color: palette.point });
  const fraction = fractionOf(items.map(({ point }) => point.value(z)));
  return ({ point }: Item) => {
    const value = point.value(z);
    return { color: value === null ? palette.faint : rampColor(palette, fraction(value)) };
  };
}

/** Diameter in pixels: fixed, or the third objective. */
export function sizeOf(
  view: SearchView,
  items: readonly Item[],
  plain: number,
): number | ((_: unknown, hit: { data: Item }) => number) {
  const { z } = view;
  if (z === null || view.encoding !== 'size') return plain;
  const fraction = fractionOf(items.map(({ point }) => point.value(z)));
  return (_, { data }) => {
    const value = data.point.value(z);
    // Area, not radius, is what the eye compares.
    return value === null
      ? SMALLEST
      : Math.sqrt(SMALLEST ** 2 + fraction(value) * (LARGEST ** 2 - SMALLEST ** 2));
  };
}

/** Scores that hold on items the search never saw get a second outline. */
export function confirmedRing({ point }: Item, style: Record<string, unknown>, palette: Palette) {
  return point.confirmed ? { ...style, borderColor: palette.good, borderWidth: 2.5 } : style;
}
