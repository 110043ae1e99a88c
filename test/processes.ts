import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Process ids of everything whose ancestor is `pid`; a parent comes before its children. */
export function descendants(pid: number): number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid=']).toString().trim().split('\n');
  const pairs = table.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const below = (parent: number): number[] =>
    pairs.filter(([, of]) => of === parent).flatMap(([id]) => [id, ...below(id)]);
  return below(pid);
}

/** A zombie answers signal 0; its state tells it apart. */
export function alive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Polls until the answer is neither undefined nor false. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 30_000,
): Promise<T> {
  for (const until = Date.now() + timeoutMs; Date.now() < until;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
}
