import type { ECharts, EChartsCoreOption } from 'echarts/core';
import { useEffect, useRef } from 'react';
import { init } from './echarts';

export type ChartEvents = Readonly<Record<string, (event: never, chart: ECharts) => void>>;

/** One chart on a canvas. Options are merged into it, so what did not change does not move. */
export function EChart({
  option,
  height,
  label,
  events,
}: {
  readonly option: EChartsCoreOption;
  readonly height: number;
  readonly label: string;
  readonly events?: ChartEvents | undefined;
}) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(undefined);
  const handlers = useRef(events);
  handlers.current = events;

  useEffect(() => {
    const made = init(host.current!, null, { renderer: 'canvas' });
    chart.current = made;
    for (const name of Object.keys(handlers.current ?? {})) {
      made.on(name, (event: unknown) => handlers.current?.[name]?.(event as never, made));
    }
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(host.current!);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);

  // Thousands of points take hundreds of milliseconds to draw: figures and rows of the page come first.
  useEffect(() => whenIdle(() => chart.current?.setOption(option, { replaceMerge: ['series'] })), [option]);

  return <div ref={host} style={{ height }} role="img" aria-label={label} />;
}

const AT_LATEST_MS = 250;

/** Runs a task when the browser has nothing more urgent, but soon. @returns how to call it off */
function whenIdle(task: () => void): () => void {
  // Safari has no idle callback.
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(task, 0);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(task, { timeout: AT_LATEST_MS });
  return () => cancelIdleCallback(handle);
}
