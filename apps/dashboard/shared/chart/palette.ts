import { useSyncExternalStore } from 'react';

const NAMES = [
  'paper',
  'sheet',
  'ink',
  'muted',
  'faint',
  'line',
  'line-strong',
  'accent',
  'warn',
  'bad',
  'good',
  'point',
  'point-pale',
  'ramp-0',
  'ramp-1',
  'ramp-2',
  'ramp-3',
  'family-attention',
  'family-convolution',
  'family-recurrence',
  'family-memoryless',
  'family-mixture',
  'sans',
  'mono',
] as const;

export type Palette = Readonly<Record<(typeof NAMES)[number], string>>;

const dark = window.matchMedia('(prefers-color-scheme: dark)');
let cached: { readonly dark: boolean; readonly palette: Palette } | undefined;

/** The style sheet's colours as values, because a canvas knows no custom properties. */
function read(): Palette {
  if (cached?.dark === dark.matches) return cached.palette;
  const style = getComputedStyle(document.documentElement);
  const palette = Object.fromEntries(
    NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  ) as Palette;
  cached = { dark: dark.matches, palette };
  return palette;
}

function subscribe(listener: () => void): () => void {
  dark.addEventListener('change', listener);
  return () => dark.removeEventListener('change', listener);
}

export const usePalette = (): Palette => useSyncExternalStore(subscribe, read);
