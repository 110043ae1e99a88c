import type { Objective } from '../api/types';
import { readRanges, writeRanges } from './ranges';

export type Encoding = 'color' | 'size' | 'none';

/** Everything that a link to a search's page carries. */
export interface SearchView {
  readonly x: string;
  readonly y: string;
  readonly z: string | null;
  readonly encoding: Encoding;
  readonly sort: string;
  readonly order: 'asc' | 'desc';
  readonly states: readonly string[];
  readonly query: string;
  readonly frontOnly: boolean;
  readonly selection: ReadonlySet<number>;
  readonly against: 'evaluations' | 'hours';
  readonly overlay: string | null;
}

/** Costs run along x and quality up y, as in the papers that these figures will be compared with. */
export function defaultView(objectives: readonly Objective[]): SearchView {
  const y = objectives.find((o) => o.direction === 'maximize') ?? objectives[0];
  const rest = objectives.filter((o) => o !== y);
  return {
    x: rest[0]?.metric ?? y?.metric ?? '',
    y: y?.metric ?? '',
    z: rest[1]?.metric ?? null,
    encoding: rest[1] ? 'color' : 'none',
    sort: 'rank',
    order: 'asc',
    states: [],
    query: '',
    frontOnly: false,
    selection: new Set(),
    against: 'evaluations',
    overlay: null,
  };
}

const oneOf = <T extends string>(value: string | null, allowed: readonly T[], otherwise: T): T =>
  allowed.find((item) => item === value) ?? otherwise;

/** Reads a link; what it does not say, or says wrongly, is the default. */
export function readView(params: URLSearchParams, objectives: readonly Objective[]): SearchView {
  const base = defaultView(objectives);
  const metrics = objectives.map((o) => o.metric);
  const x = oneOf(params.get('x'), metrics, base.x);
  const y = oneOf(params.get('y'), metrics, base.y);
  const third = metrics.find((metric) => metric !== x && metric !== y) ?? null;
  return {
    x,
    y,
    z: third,
    encoding: third === null ? 'none' : oneOf(params.get('enc'), ['color', 'size', 'none'], 'color'),
    sort: params.get('sort') ?? base.sort,
    order: oneOf(params.get('order'), ['asc', 'desc'], base.order),
    states: (params.get('state') ?? '').split(',').filter((state) => state !== ''),
    query: params.get('q') ?? '',
    frontOnly: params.get('front') === '1',
    selection: readRanges(params.get('sel') ?? ''),
    against: oneOf(params.get('by'), ['evaluations', 'hours'], 'evaluations'),
    overlay: params.get('vs'),
  };
}

/** Writes only what differs from the default, so that plain links stay short. */
export function writeView(view: SearchView, objectives: readonly Objective[]): URLSearchParams {
  const base = defaultView(objectives);
  const params = new URLSearchParams();
  const put = (key: string, value: string, normal: string) => {
    if (value !== normal) params.set(key, value);
  };
  put('x', view.x, base.x);
  put('y', view.y, base.y);
  put('enc', view.encoding, view.z === null ? 'none' : 'color');
  put('sort', view.sort, base.sort);
  put('order', view.order, base.order);
  put('state', view.states.join(','), '');
  put('q', view.query, '');
  put('front', view.frontOnly ? '1' : '', '');
  put('sel', writeRanges(view.selection), '');
  put('by', view.against, 'evaluations');
  put('vs', view.overlay ?? '', '');
  return params;
}

/** Choosing the metric that the other axis shows swaps the two. */
export function withAxis(
  view: SearchView,
  axis: 'x' | 'y',
  metric: string,
  metrics: readonly string[],
): SearchView {
  const other = axis === 'x' ? 'y' : 'x';
  const moved = { ...view, [axis]: metric, [other]: view[other] === metric ? view[axis] : view[other] };
  return { ...moved, z: metrics.find((name) => name !== moved.x && name !== moved.y) ?? null };
}
