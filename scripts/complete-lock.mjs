// Adds to package-lock.json the optional platform packages which a registry did not serve at the wanted version.
// npm leaves them out, and `npm ci` then refuses the lock ("Missing: … from lock file"). Run after each change of the lock.
//   node scripts/complete-lock.mjs [--check]
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkout } from './state.mjs';

const systems = [
  'darwin',
  'linux',
  'win32',
  'android',
  'freebsd',
  'openbsd',
  'netbsd',
  'sunos',
  'aix',
  'openharmony',
];
const processors = [
  'x64',
  'arm64',
  'arm',
  'ia32',
  'ppc64',
  'riscv64',
  's390x',
  'loong64',
  'mips64el',
  'wasm32',
];

/** Entries the lock lacks, by path; they name no address and no checksum, and are never installed here. */
export function missingEntries(packages) {
  const missing = {};
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!resolves(packages, path, name))
        missing[`node_modules/${name}`] = placeholder(name, range, entry.dev);
    }
  }
  return missing;
}

/** As Node does: the package's own node_modules, then those of the folders above. */
function resolves(packages, from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`]) return true;
    if (folder === '') return false;
    if (!folder.includes('node_modules/')) folder = '';
  }
}

function placeholder(name, range, dev) {
  const words = name.split(/[^a-z0-9]+/);
  const [os, cpu] = [
    systems.filter((each) => words.includes(each)),
    processors.filter((each) => words.includes(each)),
  ];
  return {
    version: range.replace(/^[^\d]*/, ''),
    ...(dev ? { dev: true } : {}),
    optional: true,
    ...(os.length > 0 ? { os } : {}),
    ...(cpu.length > 0 ? { cpu } : {}),
  };
}

/** Where a package came from is the matter of each machine's own configuration. */
function addressesIn(packages) {
  return Object.entries(packages)
    .filter(([, entry]) => /^https?:/.test(entry.resolved ?? ''))
    .map(([path]) => path);
}

export function checkLock(text) {
  const { packages } = JSON.parse(text);
  return { missing: missingEntries(packages), addresses: addressesIn(packages) };
}

function main() {
  const file = join(checkout, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const { missing, addresses } = checkLock(JSON.stringify(lock));
  if (process.argv.includes('--check')) {
    for (const path of Object.keys(missing)) console.error(`package-lock.json lacks ${path}`);
    for (const path of addresses) console.error(`package-lock.json holds the address of ${path}`);
    if (Object.keys(missing).length + addresses.length > 0)
      console.error('run: node scripts/complete-lock.mjs');
    return Object.keys(missing).length + addresses.length > 0 ? 1 : 0;
  }
  for (const path of addresses) delete lock.packages[path].resolved;
  const packages = { ...lock.packages, ...missing };
  lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(
    `added ${Object.keys(missing).length} optional packages, removed ${addresses.length} addresses`,
  );
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main();
