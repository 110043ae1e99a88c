import type { ScoreSheet } from '../../shared/api/types';
import { significant } from '../../shared/logic/format';
import { letterAt } from '../../shared/logic/heat';

/** Every pair in words: the difference of quality, what noise leaves of it, and tasks won beyond noise. */
export function WhoBeatsWhom({ sheet }: { readonly sheet: ScoreSheet }) {
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
            </tr>
          </thead>
          <tbody>
            {sheet.differences.map(({ a, b, pairs, quality, tasks }) => (
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
                <td className="num">{pairs}</td>
                <td className="num">{tasks.filter((gap) => gap?.verdict === 'better').length}</td>
                <td className="num">{tasks.filter((gap) => gap?.verdict === 'worse').length}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
