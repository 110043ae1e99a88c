import { useMemo } from 'react';
import type { HypervolumeHistory, SearchDetail } from '../../shared/api/types';
import { GRID, tipElement, tooltip, xAxis, yAxis } from '../../shared/chart/axis';
import { ChartFrame } from '../../shared/chart/chart-frame';
import { usePalette, type Palette } from '../../shared/chart/palette';
import { significant } from '../../shared/logic/format';
import type { SearchView } from '../../shared/logic/search-view';
import { Segmented } from '../../shared/ui/segmented';

type Step = readonly [at: number, hypervolume: number];

export interface Overlay {
  readonly name: string;
  readonly steps: readonly { readonly n: number; readonly seconds: number; readonly hypervolume: number }[];
}

export function HypervolumeChart({
  search,
  history,
  overlay,
  view,
  change,
  picker,
}: {
  readonly search: SearchDetail;
  readonly history: HypervolumeHistory;
  readonly overlay: Overlay | null;
  readonly view: SearchView;
  readonly change: (part: Partial<SearchView>) => void;
  readonly picker?: React.ReactNode;
}) {
  const palette = usePalette();
  const option = useMemo(
    () => hypervolumeOption(search, history, overlay, view.against, palette),
    [search, history, overlay, view.against, palette],
  );
  const last = history.items.at(-1);
  return (
    <ChartFrame
      title="Hypervolume"
      summary={
        last
          ? `Hypervolume after ${last.n} evaluations is ${significant(last.hypervolume)}.`
          : 'No hypervolume yet.'
      }
      option={option}
      height={230}
      data={{
        head: ['evaluations', 'seconds', 'hypervolume'],
        rows: history.items.map((i) => [i.n, i.seconds, i.hypervolume]),
      }}
      controls={
        <Segmented
          label="Against"
          value={view.against}
          choices={[
            { value: 'evaluations', label: 'evaluations' },
            { value: 'hours', label: 'hours' },
          ]}
          onChange={(against) => change({ against })}
        />
      }
      legend={picker}
      note={
        history.referencePoint === null
          ? 'Starts when the initial design is admitted: then its reference point is fixed.'
          : undefined
      }
    />
  );
}

function hypervolumeOption(
  search: SearchDetail,
  history: HypervolumeHistory,
  overlay: Overlay | null,
  against: SearchView['against'],
  palette: Palette,
) {
  const at = (item: { n: number; seconds: number }) => (against === 'hours' ? item.seconds / 3600 : item.n);
  const steps = (items: Overlay['steps']): Step[] => items.map((item) => [at(item), item.hypervolume]);
  const line = (id: string, name: string, data: Step[], color: string, type: 'solid' | 'dashed') => ({
    id,
    name,
    type: 'line',
    step: 'end',
    symbol: 'circle',
    symbolSize: 4,
    showSymbol: data.length <= 40,
    data,
    itemStyle: { color },
    lineStyle: { color, width: 1.5, type },
    endLabel: {
      show: overlay !== null,
      formatter: name,
      color,
      fontFamily: palette.sans,
      fontSize: 11.5,
      distance: 5,
    },
  });
  return {
    animationDuration: 250,
    grid: { ...GRID, right: overlay === null ? GRID.right : 96 },
    tooltip: {
      ...tooltip(palette),
      trigger: 'axis',
      axisPointer: { type: 'line', lineStyle: { color: palette['line-strong'] } },
      formatter: (hits: readonly { seriesName: string; value: Step }[]) =>
        tipElement(
          against === 'hours'
            ? `${significant(hits[0]?.value[0] ?? 0)} h`
            : `after ${hits[0]?.value[0] ?? 0}`,
          hits.map((hit) => `${hit.seriesName} ${significant(hit.value[1])}`),
        ),
    },
    xAxis: xAxis(palette, against === 'hours' ? 'Time since start (h)' : 'Evaluations admitted', {
      min: 0,
      ...(against === 'evaluations' ? { max: search.progress.budget, minInterval: 1 } : {}),
    }),
    yAxis: yAxis(palette, 'Hypervolume', { min: 0 }),
    series: [
      line('own', search.name, steps(history.items), palette.ink, 'solid'),
      ...(overlay === null
        ? []
        : [line('overlay', overlay.name, steps(overlay.steps), palette.muted, 'dashed')]),
    ],
  };
}
