import type { SearchSummary } from '@asterism/contracts';
import type { Api } from './api';
import { CliError } from './errors';

/** The search a person means who names none. */
export async function newestSearch(api: Api): Promise<string> {
  const { items } = await api.get<{ items: SearchSummary[] }>('/v1/searches?limit=1');
  const [newest] = items;
  if (newest === undefined)
    throw new CliError('no search yet', 'asterism init, then asterism submit search.json');
  return newest.id;
}
