import { mkdirSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { Browser } from './browser';
import { serveSearch, type ServedSearch } from './served-search';

/** `ASTERISM_SCREENSHOTS=1` renews the pictures of the documentation; otherwise they are only looked at here. */
const pictures =
  process.env['ASTERISM_SCREENSHOTS'] === '1'
    ? resolve(__dirname, '../../docs/screenshots')
    : mkdtempSync(join(tmpdir(), 'asterism-screenshots-'));

jest.setTimeout(60_000);

let served: ServedSearch;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  served = await serveSearch();
  browser = await Browser.launch();
  page = await browser.page();
}, 360_000);

afterAll(async () => {
  await browser?.close();
  await served?.stop();
}, 60_000);

const rows = (): Locator => page.locator('.candidates tbody tr');

async function openSearch(query = ''): Promise<void> {
  await page.goto(`${served.url}/searches/${served.search.id}${query}`);
  await rows().first().waitFor();
}

/** What one front candidate's page shows; the best of the first objective has everything. */
function frontCandidate(): string {
  const found = served.candidates.find((candidate) => candidate.onFront && candidate.parents.length > 0);
  const any = found ?? served.candidates.find((candidate) => candidate.onFront);
  if (any === undefined) throw new Error('the finished search has no front');
  return any.id;
}

test('without a session every page says how to get a link', async () => {
  await page.goto(`${served.url}/searches/${served.search.id}`);
  await page.getByText('Sign in with a link').waitFor();
  expect(await page.locator('main').innerText()).toContain('npm start');
  // Two refused reads are what this page is about, not a fault of it.
  browser.complaints.length = 0;
});

test('the one-time link opens the list of searches', async () => {
  await page.goto(served.signInLink);
  await page.getByRole('link', { name: served.search.name, exact: true }).first().waitFor();
  expect(await page.locator('.searches tbody').innerText()).toContain(`/${served.search.progress.budget}`);
});

test('a search shows its charts and every candidate', async () => {
  await openSearch();
  await page.locator('.chart canvas').first().waitFor();
  expect(await rows().count()).toBe(Math.min(50, served.candidates.length));
  const { frontSize } = served.search;
  await page.getByRole('img', { name: new RegExp(`^Scatter of .* ${frontSize} on the front`) }).waitFor();
});

test('candidates of one backbone code show what tells them apart', async () => {
  await openSearch('?sort=n&order=asc');
  const listed = served.candidates.slice(0, 50);
  const shown = await rows().locator('.apart').allInnerTexts();
  expect([...shown].sort()).toEqual(listed.flatMap(({ apart }) => apart ?? []).sort());
  const labels = new Map(listed.map(({ genomeHash, code, apart }) => [genomeHash, `${code} ${apart ?? ''}`]));
  expect(new Set(labels.values()).size).toBe(labels.size);
});

test('a genome shows who shares what with whom', async () => {
  await page.goto(`${served.url}/genomes/shared-kv`);
  const strip = page.getByRole('img', { name: /attention LIVs 3 and 5 share k, v: made once, by LIV 3/ });
  await strip.waitFor();
  expect(await strip.locator('.share-values').textContent()).toContain('k, v');
  expect(await strip.locator('.share-weights').count()).toBe(0);
});

test('the keyboard filters, moves, opens and goes back', async () => {
  await openSearch();
  await page.keyboard.press('/');
  expect(await page.locator('[data-filter]:focus').count()).toBe(1);
  await page.keyboard.press('Escape');
  await rows().first().focus();
  await page.keyboard.press('ArrowDown');
  const second = await rows().nth(1).getAttribute('data-row');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/candidates/${second}`);
  await page.locator('#backbone-title').waitFor();
  await page.keyboard.press('Escape');
  await page.waitForURL(`**/searches/${served.search.id}**`);
});

test('a selection lives in the address and comes back with it', async () => {
  await openSearch();
  await rows().nth(1).getByRole('checkbox').check();
  await page.waitForURL(/[?&]sel=\d+/);
  await page.reload();
  await rows().first().waitFor();
  expect(await rows().nth(1).getByRole('checkbox').isChecked()).toBe(true);
  expect(await page.getByRole('region', { name: 'Selection' }).innerText()).toContain('#');
});

test('a second tick builds on the first, however soon it comes', async () => {
  await openSearch();
  await page.evaluate(
    "[...document.querySelectorAll('.candidates tbody input')].slice(0, 2).forEach((box) => box.click())",
  );
  await page.waitForURL(/[?&]sel=\d+/);
  expect(await rows().locator('input:checked').count()).toBe(2);
});

test('sorting and filtering are the server’s and stand in the address', async () => {
  await openSearch('?sort=n&order=desc');
  const numbers = await rows().locator('td:nth-child(2)').allInnerTexts();
  expect(numbers.map(Number)).toEqual([...numbers.map(Number)].sort((a, b) => b - a));
  await page.getByRole('button', { name: 'front only' }).click();
  await page.waitForURL(/front=1/);
  const { frontSize } = served.search;
  await page
    .getByRole('status')
    .filter({ hasText: new RegExp(`of ${frontSize}$`) })
    .waitFor();
  expect(await rows().count()).toBe(Math.min(50, frontSize));
});

test('every chart gives its data as a table and as a file', async () => {
  await openSearch();
  const tools = page.getByRole('group', { name: 'Front: table and downloads' });
  await tools.getByRole('button', { name: 'table' }).click();
  expect(await page.getByRole('region', { name: 'Front, data' }).locator('tbody tr').count()).toBe(
    served.candidates.length,
  );
  const files: Record<string, string> = {};
  for (const kind of ['PNG', 'SVG', 'CSV']) {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      tools.getByRole('button', { name: `Download ${kind}` }).click(),
    ]);
    files[kind] = await download.path();
  }
  expect(readFileSync(files['PNG']!).subarray(1, 4).toString()).toBe('PNG');
  expect(readFileSync(files['SVG']!, 'utf8')).toMatch(/^<svg /);
  expect(readFileSync(files['CSV']!, 'utf8').trimEnd().split('\r\n')).toHaveLength(
    served.candidates.length + 1,
  );
});

test('a candidate shows its backbone, scores and what to run next', async () => {
  const id = frontCandidate();
  await page.goto(`${served.url}/candidates/${id}`);
  await page.getByRole('img', { name: /^Backbone: / }).waitFor();
  await page.getByText(/^All \d+ tasks$/).click();
  expect(await page.locator('details[open] tbody tr').count()).toBeGreaterThan(0);
  expect(await page.locator('main').innerText()).toContain(`asterism pull ${id}`);
});

test('selected candidates are compared side by side, by an address that can be sent', async () => {
  const finished = served.candidates.filter(({ state }) => state === 'finished').slice(0, 3);
  await openSearch(`?sel=${finished.map(({ n }) => n).join(',')}`);
  await page.getByRole('region', { name: 'Selection' }).getByRole('link', { name: 'compare' }).click();
  await page.waitForURL(`**/compare?of=**`);
  await page.getByRole('heading', { name: 'Beyond noise?' }).waitFor();
  expect(await page.locator('.pairs tbody tr').count()).toBe(3);
  expect(
    await page.getByText('differ by chance').or(page.getByText('seed noise of tasks is unknown')).count(),
  ).toBe(1);
  await page
    .getByRole('img', { name: /^Backbone: / })
    .nth(2)
    .waitFor();
  const tools = page.getByRole('group', { name: 'Tasks: table and downloads' });
  await tools.getByRole('button', { name: 'table' }).click();
  const head = await page.getByRole('region', { name: 'Tasks, data' }).locator('thead').innerText();
  expect(head).toContain('A ');
  await page.goto(`${served.url}/compare?of=${finished[0]!.id}`);
  await page.getByText('Two to five candidates can be compared; one is named').waitFor();
});

test('tasks of the front are a heat map on demand', async () => {
  await openSearch();
  await page.getByText('Tasks of the front as a heat map').click();
  await page.getByRole('img', { name: /^Heat map of \d+ tasks that count/ }).waitFor();
  const legend = page.locator('figure').filter({ has: page.getByRole('heading', { name: 'Tasks' }) });
  expect(await legend.locator('footer').innerText()).toMatch(/Score\s+−0\.100[^]*1\.00/);
});

test.each(['/genomes', '/evaluations', '/new'])('%s opens', async (path) => {
  await page.goto(`${served.url}${path}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('each page is pictured in both themes at two widths, and nothing overflows sideways', async () => {
  mkdirSync(pictures, { recursive: true });
  const pages = {
    searches: '/',
    search: `/searches/${served.search.id}`,
    candidate: `/candidates/${frontCandidate()}`,
    genomes: '/genomes',
    compare: `/compare?of=${served.candidates
      .filter(({ state }) => state === 'finished')
      .slice(0, 5)
      .map(({ id }) => id)
      .join(',')}`,
  };
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1440, 900]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(`${served.url}${path}`);
        await page.waitForLoadState('networkidle');
        for (const closed of await page.getByText('Tasks of the front as a heat map').all()) {
          await closed.click();
          await page.getByRole('img', { name: /^Heat map/ }).waitFor();
        }
        await page.waitForTimeout(600);
        const file = join(pictures, `${name}-${colorScheme}-${width}.png`);
        await page.screenshot({ path: file, fullPage: true });
        expect(statSync(file).size).toBeGreaterThan(10_000);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      }
    }
  }
}, 120_000);

test('the console has nothing to say, the content security policy included', () => {
  expect(browser.complaints).toEqual([]);
});
