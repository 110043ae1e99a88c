import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const config = join(root, '.dependency-cruiser.cjs');

interface Rules {
  readonly forbidden: readonly { readonly name: string }[];
}

/** For each rule, files that break it and nothing else. */
const breaches: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'libs-order-random': { 'libs/random/a.ts': "import '../pareto/b';", 'libs/pareto/b.ts': '' },
  'libs-order-pareto': { 'libs/pareto/a.ts': "import '../genome/b';", 'libs/genome/b.ts': '' },
  'libs-order-scores': { 'libs/scores/a.ts': "import '../genome/b';", 'libs/genome/b.ts': '' },
  'libs-order-genome': { 'libs/genome/a.ts': "import '../estimate/b';", 'libs/estimate/b.ts': '' },
  'libs-order-estimate': { 'libs/estimate/a.ts': "import '../evolution/b';", 'libs/evolution/b.ts': '' },
  'libs-order-evolution': { 'libs/evolution/a.ts': "import '../search/b';", 'libs/search/b.ts': '' },
  'libs-order-search': { 'libs/search/a.ts': "import '../contracts/b';", 'libs/contracts/b.ts': '' },
  'libs-order-contracts': { 'libs/contracts/a.ts': "import '../other/b';", 'libs/other/b.ts': '' },
  'libs-not-apps': { 'libs/genome/a.ts': "import '../../apps/cli/b';", 'apps/cli/b.ts': '' },
  'libs-pure': { 'libs/genome/a.ts': "import 'bullmq';" },
  'libs-no-io': { 'libs/genome/a.ts': "import 'node:fs';" },
  'apps-apart': { 'apps/cli/a.ts': "import '../api/b';", 'apps/api/b.ts': '' },
  'dashboard-one-way': {
    'apps/dashboard/shared/a.ts': "import '../features/b';",
    'apps/dashboard/features/b.ts': '',
  },
  'dashboard-features-not-app': {
    'apps/dashboard/features/a.ts': "import '../app/b';",
    'apps/dashboard/app/b.ts': '',
  },
  'no-cycles': {
    'apps/cli/a.ts': "import { b } from './b'; export type A = typeof b;",
    'apps/cli/b.ts': "import type { A } from './a'; export const b: A | null = null;",
  },
};

/** One run over a tree with a folder per case: the rules look at the end of a path, wherever the tree stands. */
function violationsByCase(cases: typeof breaches): Map<string, string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'asterism-rules-'));
  try {
    write(join(folder, 'tsconfig.check.json'), '{ "include": ["**/*.ts"] }');
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const [name, files] of Object.entries(cases)) {
      for (const [path, text] of Object.entries(files))
        write(join(folder, name, path), `${text}\nexport {};\n`);
    }
    const command = ['--config', config, '--output-type', 'json', ...Object.keys(cases)];
    const options = { cwd: folder, encoding: 'utf8', maxBuffer: 1e8 } as const;
    const run = spawnSync(join(root, 'node_modules/.bin/depcruise'), command, options);
    if (run.status !== 0 && run.stdout === '') throw new Error(run.stderr);
    const report = JSON.parse(run.stdout) as {
      summary: { violations: { from: string; rule: { name: string } }[] };
    };
    const found = new Map(Object.keys(cases).map((name) => [name, [] as string[]]));
    for (const { from, rule } of report.summary.violations) {
      const names = found.get(from.split('/')[0] ?? '') ?? [];
      if (!names.includes(rule.name)) names.push(rule.name);
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

describe('the import rules of TypeScript', () => {
  const allowed = {
    'libs/search/a.ts': "import '../genome/b';",
    'libs/genome/b.ts': "import 'node:crypto';",
  };
  const found = violationsByCase({ ...breaches, allowed });

  it('are all broken once here', () => {
    const rules = require(config) as Rules;
    expect(Object.keys(breaches).sort()).toEqual(rules.forbidden.map(({ name }) => name).sort());
  });

  it.each(Object.keys(breaches))('%s catches its breach and no other rule does', (name) => {
    expect(found.get(name)).toEqual([name]);
  });

  it('let the allowed direction pass', () => {
    expect(found.get('allowed')).toEqual([]);
  });
});

/** What import-linter says of a package with our layers in which one module imports what it may not. */
function lintImports(broken: Readonly<Record<string, string>>): { status: number | null; stdout: string } {
  const folder = mkdtempSync(join(tmpdir(), 'asterism-layers-'));
  try {
    const folders = [
      'contracts',
      'operators',
      'backbone',
      'data',
      'tasks',
      'training',
      'evaluation',
      'evidence',
      'profiling',
      'export',
      'jobs',
      'client',
      'commands',
      '__main__',
    ];
    for (const name of ['', ...folders]) {
      mkdirSync(join(folder, 'asterism', name), { recursive: true });
      writeFileSync(join(folder, 'asterism', name, '__init__.py'), '');
    }
    for (const [file, text] of Object.entries(broken)) writeFileSync(join(folder, 'asterism', file), text);
    copyFileSync(join(root, 'workers/pyproject.toml'), join(folder, 'pyproject.toml'));
    const venv = process.env['ASTERISM_VENV'] ?? join(root, '.asterism/venv');
    const { status, stdout } = spawnSync(join(venv, 'bin/lint-imports'), ['--no-cache'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PYTHONPATH: folder },
    });
    return { status, stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the import rules of Python', () => {
  it('let a package without breaches pass', () => {
    expect(lintImports({}).status).toBe(0);
  });

  it('catch a lower layer that imports a higher one', () => {
    const run = lintImports({ 'operators/__init__.py': 'import asterism.training\n' });
    expect(run.stdout).toMatch(/asterism\.operators is not allowed to import asterism\.training/);
    expect(run.status).not.toBe(0);
  });

  it('catch two files that import each other', () => {
    const run = lintImports({
      'tasks/one.py': 'import asterism.tasks.two\n',
      'tasks/two.py': 'import asterism.tasks.one\n',
    });
    expect(run.stdout).toMatch(/No cycles are allowed in asterism\.tasks/);
    expect(run.status).not.toBe(0);
  });
});
