import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
/** Written by set-up, not by git. */
const DATABASE_CLIENT = join('apps', 'api', 'persistence', 'generated');

/** A copy of the working tree whose workspace packages are its own; everything else is linked to this one's. */
export class CopiedTree {
  readonly path = mkdtempSync(join(tmpdir(), 'asterism-copy-'));
  /** What was copied, by its hash: the tree itself may change meanwhile. */
  private readonly before = new Map<string, string>();

  constructor() {
    for (const file of filesOf(root)) {
      copyFile(join(root, file), join(this.path, file));
      this.before.set(file, hashOf(join(this.path, file)));
    }
    const modules = join(this.path, 'node_modules');
    mkdirSync(modules);
    for (const name of readdirSync(join(root, 'node_modules')).filter((entry) => entry !== '@asterism'))
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
    mkdirSync(join(modules, '@asterism'));
    for (const group of ['libs', 'apps'])
      for (const name of readdirSync(join(this.path, group)))
        symlinkSync(join('..', '..', group, name), join(modules, '@asterism', name));
    symlinkSync(join(root, DATABASE_CLIENT), join(this.path, DATABASE_CLIENT));
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.path, file)), { recursive: true });
    writeFileSync(join(this.path, file), text);
  }

  read(file: string): string {
    return readFileSync(join(this.path, file), 'utf8');
  }

  /** Runs a command in the copy; its output when it fails. */
  run(command: string, args: readonly string[], folder = ''): string {
    const venv = process.env['ASTERISM_VENV'] ?? join(root, '.asterism', 'venv');
    const env = { ...process.env, ASTERISM_VENV: venv, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' };
    const program = command.startsWith('venv/') ? join(venv, 'bin', command.slice(5)) : command;
    const ran = spawnSync(program, args, {
      cwd: join(this.path, folder),
      env,
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    return ran.status === 0
      ? ''
      : `${command} ${args.join(' ')} ended with ${ran.status}:\n${ran.stdout}${ran.stderr}`;
  }

  /** Files that were not, or not like this, in the tree when it was copied. */
  changed(): readonly string[] {
    return allFiles(this.path)
      .filter((file) => this.before.get(file) !== hashOf(join(this.path, file)))
      .sort();
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** What git would commit: tracked and new files that still exist. */
function filesOf(folder: string): readonly string[] {
  const list = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  return list.stdout.split('\0').filter((file) => file !== '' && existsSync(join(folder, file)));
}

/** Every file but caches and what is linked. */
function allFiles(folder: string, below = ''): readonly string[] {
  const skipped = [
    'node_modules',
    '__pycache__',
    '.asterism',
    '.pytest_cache',
    '.ruff_cache',
    '.hypothesis',
    'dist',
  ];
  return readdirSync(join(folder, below), { withFileTypes: true })
    .filter((entry) => !skipped.includes(entry.name) && !entry.name.endsWith('.tsbuildinfo'))
    .filter((entry) => !entry.isSymbolicLink())
    .flatMap((entry) => {
      const path = join(below, entry.name);
      return entry.isDirectory() ? allFiles(folder, path) : [path];
    });
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

function copyFile(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}
