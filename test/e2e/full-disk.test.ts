import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Installation } from '../installation';

/** A file system of its own can only be made by root; elsewhere this machine's disk would have to be filled. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'asterism-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    return undefined;
  }
}

const disk = smallDisk();
const onSmallDisk = disk === undefined ? test.skip : test;

let installation: Installation | undefined;

afterAll(async () => {
  await installation?.stop();
  if (disk !== undefined) execFileSync('umount', [disk]);
}, 60_000);

onSmallDisk(
  'a full disk is a problem with a remedy; what was stored stays, and the same upload goes through once there is room',
  async () => {
    installation = await Installation.start({ workers: 0, artifacts: disk });
    const url = installation.url;
    const headers = {
      authorization: `Bearer ${installation.token()}`,
      'content-type': 'application/octet-stream',
    };
    const put = async (bytes: Buffer): Promise<Response> => {
      const hash = createHash('sha256').update(bytes).digest('hex');
      return fetch(`${url}/v1/artifacts/${hash}`, { method: 'PUT', headers, body: new Uint8Array(bytes) });
    };
    const small = randomBytes(100_000);
    const large = randomBytes(2_000_000);
    expect((await put(small)).ok).toBe(true);
    const refused = await put(large);
    expect(refused.status).toBe(507);
    expect(await refused.json()).toMatchObject({
      status: 507,
      remedy: expect.stringMatching(/space/) as string,
    });
    const kept = createHash('sha256').update(small).digest('hex');
    const answer = await fetch(`${url}/v1/artifacts/${kept}`, { headers });
    expect(Buffer.from(await answer.arrayBuffer()).equals(small)).toBe(true);
    execFileSync('mount', ['-o', 'remount,size=16m', disk ?? '']);
    expect((await put(large)).ok).toBe(true);
  },
  90_000,
);
