import { Suspense, useSyncExternalStore } from 'react';
import { Link, NavLink, Outlet, useLocation } from 'react-router';
import { Announcer } from '../shared/ui/announcer';
import { useGlobalKeys } from '../shared/ui/keyboard';
import { session } from './session';
import { SignedOut } from './signed-out';

/** A search, its candidates and a new one are all read from the list of searches, which stays marked. */
const SEARCHES = /^\/($|new|searches\/|candidates\/)/;

export function Shell() {
  const signedOut = useSyncExternalStore(session.subscribe, session.isSignedOut);
  const inSearches = SEARCHES.test(useLocation().pathname);
  useGlobalKeys();
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="masthead">
        <Link to="/" className="wordmark">
          <Mark /> Asterism
        </Link>
        <nav aria-label="Main">
          <Link to="/" aria-current={inSearches ? 'page' : undefined}>
            Searches
          </Link>
          <NavLink to="/genomes">Genomes</NavLink>
          <NavLink to="/evaluations">Evaluations</NavLink>
        </nav>
        <span className="keys" aria-hidden="true">
          <kbd>/</kbd> filter · <kbd>↑</kbd> <kbd>↓</kbd> move · <kbd>Enter</kbd> open · <kbd>Esc</kbd> back
        </span>
      </header>
      <main id="main">
        {signedOut ? (
          <SignedOut />
        ) : (
          <Suspense fallback={null}>
            <Outlet />
          </Suspense>
        )}
      </main>
      <Announcer />
    </div>
  );
}

function Mark() {
  return (
    <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M7 8v9h8v5h10" fill="none" stroke="var(--line-strong)" strokeWidth="2" />
      <circle cx="7" cy="8" r="3" fill="currentColor" />
      <circle cx="15" cy="17" r="3" fill="currentColor" />
      <circle cx="25" cy="22" r="3" fill="currentColor" />
    </svg>
  );
}
