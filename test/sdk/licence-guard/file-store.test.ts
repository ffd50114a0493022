/** The guard's file: whole after a kill at any moment, private, and made with its folder. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileStore } from '../../../sdk/licence-guard/src/file-store.ts';
import { root } from '../../project/tool.ts';

const kills = 12;
/** Long enough that a write takes several of the kernel's. */
const textBytes = 400_000;

/** Writes texts of one letter as fast as it can, and says when it has begun. */
const writer = `
import { fileStore } from '${join(root, 'sdk/licence-guard/src/file-store.ts')}';
const store = fileStore(process.argv[1]);
for (let n = 0; ; n++) {
  await store.write(String.fromCharCode(97 + (n % 26)).repeat(${textBytes}));
  if (n === 0) console.log('begun');
}
`;

describe('the file of a guard', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-guard-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is read as it was written, by nobody else, in a folder that it makes', async () => {
    const path = join(folder, 'deep/er/licence.json');
    const store = fileStore(path);
    expect(await store.read()).toBeNull();
    await store.write('first');
    await store.write('second');
    expect(await fileStore(path).read()).toBe('second');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'deep/er'))).toEqual(['licence.json']);
  });

  it('says what keeps it from being read or written, and leaves nothing behind', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(fileStore(join(folder, 'file/licence.json')).write('text')).rejects.toThrow(/EEXIST|ENOTDIR/);
    await expect(fileStore(folder).read()).rejects.toThrow('EISDIR');
    await expect(fileStore(folder).write('text')).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it(`holds one whole text after each of ${kills} kills`, async () => {
    const path = join(folder, 'licence.json');
    for (let kill = 0; kill < kills; kill++) {
      const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', writer, path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      await sleep(kill * 3);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const text = readFileSync(path, 'utf8');
      expect([text.length, new Set(text).size]).toEqual([textBytes, 1]);
    }
  });
});
