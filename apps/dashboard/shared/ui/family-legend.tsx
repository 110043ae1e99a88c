import type { Family } from '../api/types';
import { FAMILIES } from '../logic/families';
import './strip.css';

export function FamilyLegend({ only }: { readonly only?: ReadonlySet<Family> }) {
  return (
    <ul className="family-legend" aria-label="Operator families">
      {FAMILIES.filter((style) => only === undefined || only.has(style.family)).map((style) => (
        <li key={style.family}>
          <span className={`family-swatch family-${style.family}`}>{style.letter}</span>
          {style.label}
        </li>
      ))}
    </ul>
  );
}
