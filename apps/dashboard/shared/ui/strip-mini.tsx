import type { Cell } from '../api/types';
import { describeBackbone, letterOf } from '../logic/families';
import './strip.css';

const MOST_CELLS = 24;

/** The backbone as letters in a table row; the whole text is its name. */
export function StripMini({ cells }: { readonly cells: readonly Cell[] }) {
  return (
    <span
      className="strip-mini"
      role="img"
      aria-label={describeBackbone(cells)}
      title={describeBackbone(cells)}
    >
      {cells.slice(0, MOST_CELLS).map((cell, index) => (
        <span key={index} className={`family-${cell.family}`} aria-hidden="true">
          {letterOf(cell)}
        </span>
      ))}
      {cells.length > MOST_CELLS && <em aria-hidden="true">+{cells.length - MOST_CELLS}</em>}
    </span>
  );
}
