import { useRouteError } from 'react-router';

/** A bug in the page itself; data that could not be read is reported in place, not here. */
export function Crash() {
  const error = useRouteError();
  return (
    <main className="shell stack">
      <h1>This page broke</h1>
      <pre className="block">{error instanceof Error ? error.message : String(error)}</pre>
      <p>
        <a href={location.href}>Load it again</a> or go to <a href="/">all searches</a>. Nothing was lost:
        searches run without this page.
      </p>
    </main>
  );
}
