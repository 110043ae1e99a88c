import { useMemo } from 'react';
import { ChartFrame } from '../chart/chart-frame';
import { usePalette } from '../chart/palette';
import { besideWords, contextWords, isJoined, type ContextLine } from '../logic/context-words';
import { contextOption } from './context-option';

/** Mean accuracy of the long-context tasks against the length of their rows. */
export function ContextChart({ lines }: { readonly lines: readonly ContextLine[] }) {
  const palette = usePalette();
  const option = useMemo(() => contextOption(lines, palette), [lines, palette]);
  const words = contextWords(lines);
  return (
    <ChartFrame
      title={isJoined(lines) ? 'Effective context' : 'Accuracy by length'}
      summary={words.join(' ')}
      option={option}
      height={260}
      data={{
        head: ['of', 'length', 'accuracy', 'low', 'high', 'chance', 'tasks'],
        rows: lines.flatMap(({ label, context }) =>
          context.points.map((p) => [
            label,
            p.length,
            p.accuracy,
            p.low ?? null,
            p.high ?? null,
            p.chance,
            p.tasks.join(' '),
          ]),
        ),
      }}
      note={[...words, besideWords(lines)].join(' ')}
    />
  );
}
