export interface Drawing {
  /** Block characters, else ASCII. */
  readonly blocks: boolean;
}

export interface Measured {
  readonly score: number;
  readonly low: number;
  readonly high: number;
}

const WIDTH = 33;
const LOWEST = -0.1;

const fills = {
  blocks: { full: '█', inside: '▓', beyond: '░', zero: '│' },
  ascii: { full: '#', inside: '=', beyond: '-', zero: '|' },
} as const;

/**
 * A score as a bar from 0, with its interval as the lighter part around its end. The scale is the one of quality,
 * from -0.1 to 1; what lies outside stands at its edge.
 */
export function intervalBar({ score, low, high }: Measured, { blocks }: Drawing): string {
  const fill = blocks ? fills.blocks : fills.ascii;
  const [zero, end, from, to] = [cellOf(0), cellOf(score), cellOf(low), cellOf(high)];
  const cells = Array.from({ length: WIDTH }, (_, cell) => {
    if (cell >= from && cell <= to) return cell <= end ? fill.inside : fill.beyond;
    if (cell === zero) return fill.zero;
    return (cell > zero && cell <= end) || (cell < zero && cell >= end) ? fill.full : ' ';
  });
  return cells.join('').trimEnd();
}

/** A share of 1 as a bar without an interval. */
export function shareBar(share: number, { blocks }: Drawing): string {
  return (blocks ? fills.blocks : fills.ascii).full.repeat(Math.round(Math.min(1, Math.max(0, share)) * 24));
}

function cellOf(value: number): number {
  const share = (Math.min(1, Math.max(LOWEST, value)) - LOWEST) / (1 - LOWEST);
  return Math.min(WIDTH - 1, Math.floor(share * WIDTH));
}

const shades = { blocks: ['·', '░', '▒', '▓', '█'], ascii: ['.', ':', '+', '#', '@'] } as const;

/** A score as one of five shades: below .2, .4, .6, .8, and above. */
export function shade(score: number, { blocks }: Drawing): string {
  const known = blocks ? shades.blocks : shades.ascii;
  return known[Math.min(known.length - 1, Math.max(0, Math.floor(score * known.length)))]!;
}

export function shadeLegend(drawing: Drawing): string {
  const [a, b, c, d, e] = [0, 0.2, 0.4, 0.6, 0.8].map((score) => shade(score, drawing));
  return `${a} below .2  ${b} .2  ${c} .4  ${d} .6  ${e} .8 and above`;
}
