import { tally, type Tally } from '@asterism/scores/verdicts';
import type { ScoreSheet } from '../../shared/api/types';
import { significant } from '../../shared/logic/format';
import { letterAt } from '../../shared/logic/heat';
import { chanceWords } from './chance-words';

/** Every pair in words: the difference of quality, what noise leaves of it, and tasks won beyond noise. */
export function WhoBeatsWhom({ sheet }: { readonly sheet: ScoreSheet }) {
  const pairs = sheet.differences.map((difference) => ({ ...difference, tally: tally(difference.tasks) }));
  return (
    <section aria-labelledby="pairs-title">
      <h2 id="pairs-title">Beyond noise?</h2>
      <div className="scroll-x">
        <table className="pairs">
          <thead>
            <tr>
              <th scope="col">Pair</th>
              <th scope="col">Quality</th>
              <th scope="col" className="num">
                Difference
              </th>
              <th scope="col" className="num">
                95 % interval
              </th>
              <th scope="col" className="num">
                Seeds of both
              </th>
              <th scope="col" className="num">
                Tasks better
              </th>
              <th scope="col" className="num">
                Tasks worse
              </th>
              <th scope="col" className="num">
                By chance
              </th>
            </tr>
          </thead>
          <tbody>
            {pairs.map(({ a, b, pairs: seeds, quality, tally: count }) => (
              <tr key={`${a}-${b}`}>
                <th scope="row">
                  {letterAt(a)} against {letterAt(b)}
                </th>
                <td>{quality.verdict}</td>
                <td className="num">{significant(quality.difference)}</td>
                <td className="num muted">
                  {quality.low === undefined || quality.high === undefined
                    ? 'seed noise unknown'
                    : `${significant(quality.low)} to ${significant(quality.high)}`}
                </td>
                <td className="num">{seeds}</td>
                <Count of={count} which="better" />
                <Count of={count} which="worse" />
                <td className="num muted">{count.byChance === null ? '–' : `about ${count.byChance}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="muted small">{chanceWords(pairs.map((pair) => pair.tally))}</p>
    </section>
  );
}

function Count({ of, which }: { readonly of: Tally; readonly which: 'better' | 'worse' }) {
  if (of.byChance === null) return <td className="num muted">–</td>;
  return (
    <td className="num">
      {of[which]} <span className="muted">of {of.of}</span>
    </td>
  );
}
