import type { Cell } from '../api/types';
import { FAMILIES, kindsByFamily } from '../logic/families';
import './strip.css';

/** The operator kinds that are in the picture, by family: colour says the family, the letter says the kind. */
export function KindLegend({ cells }: { readonly cells: readonly Cell[] }) {
  const kinds = kindsByFamily(cells);
  return (
    <ul className="family-legend" aria-label="Operators by family">
      {FAMILIES.filter(({ family }) => kinds.has(family)).map(({ family, label }) => (
        <li key={family}>
          {label}:{' '}
          {kinds.get(family)!.map(({ kind, letter }) => (
            <span key={kind} className="kind">
              <span className={`family-swatch family-${family}`}>{letter}</span>
              {kind}
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}
