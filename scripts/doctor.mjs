// `npm run doctor`: what this machine has, what Asterism wants, what to do. --json for programs. Code 1 when something needed is missing.
import './prelude.mjs';
import { findings } from './doctor/findings.mjs';
import { runMain } from './process.mjs';

function table(rows) {
  const cells = [
    ['', 'what', 'found', 'wanted', 'remedy'],
    ...rows.map((row) => [mark(row), row.what, row.found, row.wanted, row.remedy]),
  ];
  const widths = cells[0].map((_, at) => Math.min(48, Math.max(...cells.map((row) => row[at].length))));
  return cells
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const mark = (row) => (row.ok ? 'ok' : row.needed ? 'NO' : '--');

await runMain(async () => {
  const rows = await findings();
  console.log(process.argv.includes('--json') ? JSON.stringify(rows, null, 2) : table(rows));
  return rows.some((row) => row.needed && !row.ok) ? 1 : 0;
});
