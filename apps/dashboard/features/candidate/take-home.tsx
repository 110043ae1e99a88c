import { measured, scored } from '../../shared/api/outcomes';
import type { CandidateDetail } from '../../shared/api/types';
import { CopyLine } from '../../shared/ui/copy-line';

/** What to run next with this candidate, and the files behind its figures. */
export function TakeHome({ candidate }: { readonly candidate: CandidateDetail }) {
  const files = filesOf(candidate);
  return (
    <section aria-labelledby="files-title" className="lineage">
      <h2 id="files-title">Take it home</h2>
      <div>
        <CopyLine
          command={`npx asterism pull ${candidate.id}`}
          note="genome, weights, card; loads with asterism.load(folder)"
        />
        {!candidate.confirmed && (
          <CopyLine
            command={`npx asterism confirm ${candidate.searchId} ${candidate.id}`}
            note="score on items the search never saw"
          />
        )}
        <CopyLine
          command={`npx asterism bundle ${candidate.searchId}`}
          note="one archive that replays without a service"
        />
      </div>
      {files.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col">SHA-256</th>
            </tr>
          </thead>
          <tbody>
            {files.map(({ name, sha256 }) => (
              <tr key={name}>
                <th scope="row">
                  <a
                    href={`/v1/artifacts/${sha256}`}
                    download={`${name.replaceAll(' ', '-')}-${sha256.slice(0, 12)}`}
                  >
                    {name}
                  </a>
                </th>
                <td className="muted">
                  <code>{sha256.slice(0, 24)}…</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <details>
        <summary>Genome, deployment size</summary>
        <pre className="block">{JSON.stringify(candidate.genome, null, 2)}</pre>
      </details>
      <details>
        <summary>Genome, trial size (what was trained)</summary>
        <pre className="block">{JSON.stringify(candidate.trialGenome, null, 2)}</pre>
      </details>
    </section>
  );
}

function filesOf(candidate: CandidateDetail): readonly { readonly name: string; readonly sha256: string }[] {
  const of = (prefix: string, artifacts: Readonly<Record<string, string>> | undefined) =>
    Object.entries(artifacts ?? {}).map(([name, sha256]) => ({ name: `${prefix} ${name}`, sha256 }));
  return [
    ...candidate.evaluations.flatMap((evaluation) => of('evaluation', scored(evaluation)?.artifacts)),
    ...candidate.profiles.flatMap((profile) => of('profile', measured(profile)?.artifacts)),
  ];
}
