/** `[1,2,3,7]` → `1-3,7`: a selection of thousands still fits into a link. */
export function writeRanges(numbers: Iterable<number>): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let i = 0; i < sorted.length;) {
    let end = i;
    while (sorted[end + 1] === sorted[end]! + 1) end += 1;
    parts.push(end === i ? `${sorted[i]}` : `${sorted[i]}-${sorted[end]}`);
    i = end + 1;
  }
  return parts.join(',');
}

const LARGEST_SPAN = 100_000;

/** Reads what {@link writeRanges} wrote; anything else in a hand-edited link is skipped. */
export function readRanges(text: string): ReadonlySet<number> {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part.trim());
    if (!match) continue;
    const from = Number(match[1]);
    const to = Math.min(Number(match[2] ?? match[1]), from + LARGEST_SPAN);
    for (let n = from; n <= to; n += 1) found.add(n);
  }
  return found;
}
