import { useEffect, useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { Failure } from '../../shared/ui/loaded';
import { usePageTitle } from '../../shared/ui/page-title';
import { TEMPLATE } from './template';
import { useCheckSpec, useSourceSpec, useSubmitSpec } from './use-new-search';

/** The spec as a text with a check and a start: the file is the interface, here as in the shell. */
export function NewSearchPage() {
  usePageTitle('New search');
  const [params] = useSearchParams();
  const source = useSourceSpec(params.get('from'));
  const [text, setText] = useState(TEMPLATE);
  const navigate = useNavigate();
  const check = useCheckSpec();
  const submit = useSubmitSpec((id) => void navigate(`/searches/${id}`));
  useEffect(() => {
    if (source.data) setText(JSON.stringify(source.data, null, 2));
  }, [source.data]);

  const syntax = syntaxProblem(text);
  const busy = check.isPending || submit.isPending;
  return (
    <div className="stack">
      <div className="page-head">
        <p className="crumb">
          <Link to="/" data-up>
            Searches
          </Link>
        </p>
        <h1>New search</h1>
        <div className="row">
          <button type="button" disabled={busy || syntax !== null} onClick={() => check.mutate(text)}>
            Check
          </button>
          <button
            type="button"
            className="primary"
            disabled={busy || syntax !== null}
            onClick={() => submit.mutate(text)}
          >
            Start
          </button>
        </div>
      </div>
      <textarea
        rows={30}
        spellCheck={false}
        aria-label="Search spec, JSON"
        data-filter
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          check.reset();
          submit.reset();
        }}
      />
      {syntax && <p className="notice bad">{syntax}</p>}
      {check.isError && <Failure error={check.error} what="the check" />}
      {submit.isError && <Failure error={submit.error} what="the new search" />}
      {check.data !== undefined && (
        <section>
          <h2>What it will cost</h2>
          <pre className="block">{JSON.stringify(check.data, null, 2)}</pre>
        </section>
      )}
    </div>
  );
}

function syntaxProblem(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return `Not JSON yet: ${(error as Error).message}`;
  }
}
