import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join, resolve } from 'node:path';

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** Machine, load and commit that a figure was measured on. */
export function provenance(): Record<string, unknown> {
  return {
    at: new Date().toISOString(),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    load: loadavg(),
    node: process.version,
  };
}

/** Writes bench/results/<name>.json and prints it. */
export function report(name: string, figures: Readonly<Record<string, unknown>>): void {
  const folder = resolve(__dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const text = `${JSON.stringify({ name, ...provenance(), ...figures }, null, 2)}\n`;
  writeFileSync(join(folder, `${name}.json`), text);
  process.stdout.write(text);
}
