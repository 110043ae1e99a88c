// Submits the quickstart search when there is none, and tells how it goes.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../process.mjs';
import { checkout } from '../state.mjs';
import { frontInWords, sentenceFor } from './words.mjs';

const file = join(checkout, 'genomes', 'searches', 'quickstart.json');
const over = new Set(['finished', 'cancelled', 'failed']);
const ended = new Set(['finished', 'infeasible', 'failed', 'cancelled']);

/** The search to tell about: the quickstart when there is one or none at all, else the newest that is not over. */
export async function chooseSearch(controlPlane, { submit, say }) {
  const { items } = await controlPlane.get('/v1/searches?limit=100');
  const spec = JSON.parse(readFileSync(file, 'utf8'));
  const known = items.find((search) => search.name === spec.name);
  if (known) return known;
  if (!submit && items.length > 0) return items.find((search) => !over.has(search.state)) ?? items[0];
  const key = `quickstart-${createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 32)}`;
  const created = await controlPlane.post('/v1/searches', spec, { 'idempotency-key': key });
  say(
    `Submitted the quickstart: ${created.progress.budget} candidates, described in genomes/searches/quickstart.json.`,
  );
  return created;
}

/** Follows a search until it is over or `stopped()`; one sentence per candidate that ended. */
export async function follow(controlPlane, search, { say, stopped }) {
  const told = new Set();
  const started = Date.now();
  for (let quietSince = Date.now(); !stopped(); await sleep(1500)) {
    const rows = await candidates(controlPlane, search.id);
    const fresh = rows.filter((row) => ended.has(row.state) && !told.has(row.n));
    for (const row of fresh) {
      told.add(row.n);
      say(`  ${sentenceFor(row, search.objectives)}`);
    }
    const now = await controlPlane.get(`/v1/searches/${search.id}`);
    if (over.has(now.state)) return conclude(controlPlane, now, rows, started);
    if (fresh.length > 0) quietSince = Date.now();
    else if (Date.now() - quietSince > 45_000) {
      say(`  ... ${waiting(now)}`);
      quietSince = Date.now();
    }
  }
  return undefined;
}

function waiting(search) {
  if (search.state === 'paused') return 'the search is paused';
  if (search.waitingFor) return `waiting: ${search.waitingFor}`;
  const { admitted, budget, decided } = search.progress;
  const left = search.secondsLeft ? `, about ${Math.ceil(search.secondsLeft / 60)} min left` : '';
  return `${admitted} of ${budget} done, ${decided - admitted} under way on ${search.workers} workers${left}`;
}

async function candidates(controlPlane, id) {
  const rows = [];
  for (let cursor = ''; ;) {
    const page = await controlPlane.get(`/v1/searches/${id}/candidates?sort=n&order=asc&limit=100${cursor}`);
    rows.push(...page.items);
    if (!page.next) return rows;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}

/** @returns what the search came to: counts, front, and the front in words */
async function conclude(controlPlane, search, rows, started) {
  const front = await controlPlane.get(`/v1/searches/${search.id}/front`);
  const seconds =
    search.finishedAt && search.startedAt
      ? (Date.parse(search.finishedAt) - Date.parse(search.startedAt)) / 1000
      : (Date.now() - started) / 1000;
  return {
    search: {
      id: search.id,
      name: search.name,
      state: search.state,
      hypervolume: search.hypervolume,
      seconds: Math.round(seconds),
    },
    candidates: { total: rows.length, finished: rows.filter((row) => row.state === 'finished').length },
    objectives: search.objectives,
    front: front.items.map(({ n, id, name, code, apart, values, intervals, confirmed }) => ({
      n,
      id,
      name,
      code,
      ...(apart && { apart }),
      values,
      intervals,
      confirmed,
    })),
    words: frontInWords(front.items, rows, search.objectives),
  };
}
