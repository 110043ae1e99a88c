import type { Objective } from '../../shared/api/types';
import type { Palette } from '../../shared/chart/palette';
import type { Scale } from '../../shared/logic/format';
import type { SearchView } from '../../shared/logic/search-view';
import type { PlotPoint } from './points';

export interface FrontInput {
  readonly points: readonly PlotPoint[];
  readonly objectives: readonly Objective[];
  readonly view: SearchView;
  readonly palette: Palette;
  readonly reference: Readonly<Record<string, number>> | null;
}

/** A candidate at its place, in the scales of the axes. */
export interface Item {
  readonly value: readonly [number, number];
  readonly point: PlotPoint;
}

export interface AxisScales {
  readonly x: Scale;
  readonly y: Scale;
}
