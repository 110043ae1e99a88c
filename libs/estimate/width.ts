import { refuse, repair, scale, succeed, type Genome, type Result, type Scaling } from '@asterism/genome';
import { estimate } from './estimate';

/** How near the wanted total the parameters must come. */
const TOLERANCE = 0.02;
const COARSE = 64;
const FINE = 8;
const MAX_WIDTH = 65_536;

/** The deployment size without its width, which is what is looked for. */
export type SizeWithoutWidth = Omit<Scaling, 'width'>;

/**
 * The genome scaled to a total number of parameters, met within 2 %: the multiple of 64 as width that comes nearest;
 * if that is not near enough, FF hidden in steps of 8 close the gap; without FF, or when they would leave half to
 * twice their size, the nearest multiple of 8 as width; else refused.
 */
export function widthForParameters(
  genome: Genome,
  target: number,
  size: SizeWithoutWidth = {},
): Result<Genome> {
  const at = (width: number): Genome => scale(genome, { ...size, width });
  for (const step of [COARSE, FINE]) {
    const nearest = nearestWidth(at, target, step);
    const near = isNear(nearest, target) ? nearest : closeGap(nearest, target);
    if (near) return succeed(near);
  }
  return refuse([problem(target, at(nearestWidth(at, target, FINE).size.width))]);
}

export function paramsOf(genome: Genome): number {
  return estimate(genome, { context: 1 }).params;
}

function isNear(genome: Genome, target: number): boolean {
  return Math.abs(paramsOf(genome) - target) <= TOLERANCE * target;
}

/** Bisection over multiples of `step`; the count grows with the width but for rounding, so neighbours are tried too. */
function nearestWidth(at: (width: number) => Genome, target: number, step: number): Genome {
  let [low, high] = [1, MAX_WIDTH / step];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (paramsOf(at(middle * step)) < target) low = middle + 1;
    else high = middle;
  }
  const tried = [low - 2, low - 1, low, low + 1]
    .filter((n) => n >= 1 && n <= MAX_WIDTH / step)
    .map((n) => at(n * step));
  const gap = (genome: Genome): number => Math.abs(paramsOf(genome) - target);
  return tried.reduce((best, genome) => (gap(genome) < gap(best) ? genome : best));
}

/** Every FF hidden moved by the same share, in steps of 8, as few as make the count near; bisection, as it is monotone. */
function closeGap(genome: Genome, target: number): Genome | undefined {
  const widest = Math.max(0, ...genome.backbone.map((entry) => (entry.kind === 'swiglu' ? entry.hidden : 0)));
  if (widest === 0) return undefined;
  const sign = paramsOf(genome) > target ? -1 : 1;
  const enough = (steps: number): boolean => {
    const params = paramsOf(withHidden(genome, sign * steps * FINE, widest));
    return sign * (target - params) <= TOLERANCE * target;
  };
  let [low, high] = [1, Math.max(1, Math.floor((sign < 0 ? widest / 2 : widest) / FINE))];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (enough(middle)) high = middle;
    else low = middle + 1;
  }
  const moved = withHidden(genome, sign * low * FINE, widest);
  return isNear(moved, target) ? moved : undefined;
}

function withHidden(genome: Genome, change: number, widest: number): Genome {
  const moved = (hidden: number): number =>
    Math.max(FINE, hidden + FINE * Math.round((change * hidden) / (widest * FINE)));
  const backbone = genome.backbone.map((entry) =>
    entry.kind === 'swiglu' ? { ...entry, hidden: moved(entry.hidden) } : entry,
  );
  const repaired = repair({ ...genome, backbone });
  return repaired.ok ? repaired.value : genome;
}

function problem(target: number, nearest: Genome) {
  return {
    pointer: '/deployment/parameters',
    code: 'unreachable-size',
    message:
      `no width meets ${target} parameters within 2 %; ` +
      `the nearest is width ${nearest.size.width} with ${paramsOf(nearest)}`,
  };
}
