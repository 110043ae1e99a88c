import { significant } from '../logic/format';
import type { Palette } from './palette';

/** A quiet axis: a hairline, ticks inside, no grid; the name at its end, with the unit. */
export function axis(palette: Palette, name: string, more: Record<string, unknown> = {}) {
  return {
    type: 'value',
    name,
    nameLocation: 'middle',
    nameTextStyle: { color: palette.muted, fontFamily: palette.sans, fontSize: 12.5 },
    axisLine: { show: true, onZero: false, lineStyle: { color: palette['line-strong'] } },
    axisTick: { show: true, inside: true, length: 4, lineStyle: { color: palette['line-strong'] } },
    axisLabel: {
      color: palette.muted,
      fontFamily: palette.mono,
      fontSize: 11.5,
      hideOverlap: true,
      formatter: (value: number) => tick(value),
      // The ends of a logarithmic axis are where the data end, not round numbers.
      ...(more['type'] === 'log' ? { showMinLabel: false, showMaxLabel: false } : {}),
    },
    splitLine: { show: false },
    ...more,
  };
}

export const xAxis = (palette: Palette, name: string, more: Record<string, unknown> = {}) =>
  axis(palette, name, { nameGap: 28, ...more });
export const yAxis = (palette: Palette, name: string, more: Record<string, unknown> = {}) =>
  axis(palette, name, { nameGap: 46, ...more });

/** A tick is a round number already; it is only written plainly. */
function tick(value: number): string {
  const plain = Number(value.toPrecision(4));
  return Math.abs(plain) >= 1e4 || (plain !== 0 && Math.abs(plain) < 1e-3)
    ? significant(plain, 2)
    : String(plain).replace('-', '−');
}

export const GRID = { left: 64, right: 18, top: 14, bottom: 46 } as const;

export function tooltip(palette: Palette) {
  return {
    backgroundColor: palette.paper,
    borderColor: palette['line-strong'],
    borderWidth: 1,
    padding: [6, 9],
    textStyle: { color: palette.ink, fontFamily: palette.sans, fontSize: 12.5 },
    extraCssText: 'box-shadow:none;border-radius:3px',
    confine: true,
    transitionDuration: 0,
  };
}

/** Tooltip lines as elements: names come from users and are never parsed as HTML. */
export function tipElement(title: string, lines: readonly string[]): HTMLElement {
  const root = document.createElement('div');
  root.className = 'chart-tip';
  const head = document.createElement('b');
  head.textContent = title;
  root.append(head);
  for (const line of lines) {
    const row = document.createElement('div');
    row.className = 'num';
    row.textContent = line;
    root.append(row);
  }
  return root;
}
