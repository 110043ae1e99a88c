import type { ScoreSheet } from '@asterism/contracts';
import type { Api } from '../api';
import { CliError } from '../errors';

export const MOST = 5;

/** Candidates and evaluations by id, side by side. */
export function sheetOf(api: Api, ids: readonly string[]): Promise<ScoreSheet> {
  if (ids.length > MOST)
    throw new CliError(`${ids.length} things to compare`, `name at most ${MOST} candidates or evaluations`);
  return api.get<ScoreSheet>(`/v1/scores?of=${ids.map(encodeURIComponent).join(',')}`);
}
