import { useEffect } from 'react';
import { useNavigate } from 'react-router';

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');

/** `/` goes to the page's filter, Esc leaves a field or goes back to the page above. */
export function useGlobalKeys(): void {
  const navigate = useNavigate();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (event.key === '/' && !typing(event.target)) {
        const filter = document.querySelector<HTMLElement>('[data-filter]');
        if (!filter) return;
        event.preventDefault();
        filter.focus();
      } else if (event.key === 'Escape' && typing(event.target)) {
        (event.target as HTMLElement).blur();
      } else if (event.key === 'Escape') {
        const up = document.querySelector<HTMLAnchorElement>('[data-up]');
        if (up) void navigate(up.getAttribute('href') ?? '/');
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [navigate]);
}

/** Arrow keys in a table body: moves the focus between rows that carry `data-row`, Enter opens, space selects. */
export function onRowKeys(
  event: React.KeyboardEvent<HTMLElement>,
  act: { readonly open: (key: string) => void; readonly select?: (key: string) => void },
): void {
  const row = (event.target as HTMLElement).closest<HTMLElement>('[data-row]');
  if (!row || typing(event.target)) return;
  const key = row.dataset['row'] ?? '';
  const onRow = event.target === row;
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    const next = event.key === 'ArrowDown' ? row.nextElementSibling : row.previousElementSibling;
    if (next instanceof HTMLElement && next.dataset['row'] !== undefined) next.focus();
  } else if (event.key === 'Enter' && onRow) {
    event.preventDefault();
    act.open(key);
  } else if (event.key === ' ' && onRow && act.select) {
    event.preventDefault();
    act.select(key);
  }
}
