import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inNode } from './module';

describe('where the state lies', () => {
  it('is what ASTERISM_STATE says', () => {
    const code = `import { stateDir } from './scripts/state.mjs'; result = stateDir();`;
    expect(inNode(code, { ASTERISM_STATE: '/somewhere/else' })).toBe('/somewhere/else');
  });

  it('is not below a folder that the service user cannot walk through', () => {
    const folder = mkdtempSync(join(tmpdir(), 'asterism-home-'));
    const inner = join(folder, 'inner');
    mkdirSync(inner);
    const asked = `import { reachable } from './scripts/state.mjs';
      result = reachable(${JSON.stringify(inner)}, { uid: 64321, gid: 64321 });`;
    chmodSync(folder, 0o711);
    expect(inNode(asked)).toBe(true);
    chmodSync(folder, 0o700);
    expect(inNode(asked)).toBe(false);
    rmSync(folder, { recursive: true });
  });
});

describe('the built-in dataset udhr', () => {
  it('has one article of one language per line, sorted by name, the same bytes each time', () => {
    const code = `import { udhrLines } from './scripts/datasets/udhr.mjs';
      const text = udhrLines(); result = { same: text === udhrLines(), lines: text.trimEnd().split('\\n') };`;
    const { same, lines } = inNode<{ same: boolean; lines: string[] }>(code);
    expect(same).toBe(true);
    const documents = lines.map(
      (line) => JSON.parse(line) as { name: string; text: string; language: string },
    );
    const names = documents.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)].sort((a, b) => (a < b ? -1 : 1)));
    expect(documents.length).toBeGreaterThan(15_000);
    expect(documents.find(({ name }) => name === 'eng/01')).toEqual({
      name: 'eng/01',
      group: 'article-01',
      language: 'en',
      text:
        'Article 1\nAll human beings are born free and equal in dignity and rights. They are endowed with reason and ' +
        'conscience and should act towards one another in a spirit of brotherhood.',
    });
  });
});

describe('a completed lock', () => {
  const missing = (packages: object): Record<string, unknown> =>
    inNode(
      `import { missingEntries } from './scripts/complete-lock.mjs'; result = missingEntries(${JSON.stringify(packages)});`,
    );

  it('gets the platform packages a registry did not serve, with their system and processor', () => {
    const packages = {
      'node_modules/a': {
        optionalDependencies: { '@a/core-darwin-arm64': '^1.2.3', '@a/core-linux-x64-gnu': '1.2.3' },
      },
      'node_modules/@a/core-linux-x64-gnu': {},
    };
    expect(missing(packages)).toEqual({
      'node_modules/@a/core-darwin-arm64': {
        version: '1.2.3',
        optional: true,
        os: ['darwin'],
        cpu: ['arm64'],
      },
    });
  });

  it('finds a package in the folders above, as Node does', () => {
    const optional = { optionalDependencies: { b: '1.0.0' } };
    expect(
      missing({ 'node_modules/x/node_modules/a': optional, 'node_modules/x/node_modules/b': {} }),
    ).toEqual({});
    expect(missing({ 'node_modules/x/node_modules/a': optional, 'node_modules/b': {} })).toEqual({});
    expect(missing({ 'libs/a': optional, 'node_modules/b': {} })).toEqual({});
  });
});
