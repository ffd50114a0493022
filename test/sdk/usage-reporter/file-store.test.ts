import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { openBook } from '../../../sdk/usage-reporter/src/core/book.ts';
import { lineOf, replay } from '../../../sdk/usage-reporter/src/core/journal.ts';
import { type Entry, windowAt } from '../../../sdk/usage-reporter/src/core/ledger.ts';
import { type Store, StoreBusy } from '../../../sdk/usage-reporter/src/core/store.ts';
import { addSum } from '../../../sdk/usage-reporter/src/core/window.ts';
import { fileStore } from '../../../sdk/usage-reporter/src/file-store.ts';

const folders: string[] = [];
const stores: Store[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const folderOf = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-usage-'));
  folders.push(folder);
  return join(folder, 'spool');
};
const storeOf = (folder: string): Store => {
  const store = fileStore(folder);
  stores.push(store);
  return store;
};
const at = (atMs: number): Entry => ({ kind: 'at', atMs, stopped: false });

describe('the journal on disk', () => {
  it('has each line that was added, and after a rewrite only the new ones', async () => {
    const folder = folderOf();
    const store = storeOf(folder);
    await store.open();
    await store.append(['a', 'b']);
    await store.append(['c']);
    await store.rewrite(['d']);
    await store.append(['e']);
    await store.close();
    expect(await storeOf(folder).open()).toEqual(['d', 'e']);
    expect(statSync(join(folder, 'journal')).mode & 0o077).toBe(0);
  });

  it('that a kill cut off loses its last line and no other, whatever comes after', async () => {
    const folder = folderOf();
    const store = storeOf(folder);
    await store.open();
    await store.append([1, 2, 3].map((ms) => lineOf(at(ms))));
    await store.close();
    const file = join(folder, 'journal');
    truncateSync(file, statSync(file).size - 5);
    const again = storeOf(folder);
    expect(replay(await again.open())).toMatchObject({ damaged: 1, ledger: { atMs: 2 } });
    await again.append([lineOf(at(4))]);
    await again.close();
    expect(replay(await storeOf(folder).open())).toMatchObject({ damaged: 1, ledger: { atMs: 4 } });
  });

  it('leaves out a line whose bits have changed', async () => {
    const line = lineOf(at(5)).replace('5', '6');
    expect(replay([lineOf(at(4)), line])).toMatchObject({ damaged: 1, ledger: { atMs: 4 } });
  });

  it('is kept short: what is settled does not fill the disk', async () => {
    const folder = folderOf();
    const book = await openBook(storeOf(folder));
    for (let n = 0; n < 3000; n++) {
      const window = windowAt(book.ledger, n);
      addSum(window, 'api_calls', 1);
      book.touch(window);
      if (n % 10 === 0) await book.flush(n);
    }
    await book.flush(3000);
    expect(statSync(join(folder, 'journal')).size).toBeLessThan(300_000);
    expect(readFileSync(join(folder, 'journal'), 'utf8')).toContain('"api_calls":3000');
  });

  it('writes after a failure what the failure left out', async () => {
    const folder = folderOf();
    const store = storeOf(folder);
    let full = false;
    const failing: Store = {
      ...store,
      append: async (lines) => {
        if (!full) return await store.append(lines);
        // A full disk takes a part.
        appendFileSync(join(folder, 'journal'), lines.join('\n').slice(0, 30));
        throw new Error('ENOSPC');
      },
    };
    const book = await openBook(failing);
    await book.flush(0);
    const window = windowAt(book.ledger, 0);
    addSum(window, 'api_calls', 1);
    book.touch(window);
    full = true;
    await expect(book.flush(1)).rejects.toThrow('ENOSPC');
    full = false;
    expect(book.isChanged()).toBe(true);
    await book.flush(2);
    await store.close();
    const { ledger } = replay(await storeOf(folder).open());
    expect(ledger.open.get(0)?.sums).toEqual({ api_calls: 1 });
  });
});

describe('the folder', () => {
  it('is of one process: another one waits until it has gone, also by a kill', async () => {
    const folder = folderOf();
    const url = new URL('../../../sdk/usage-reporter/src/file-store.ts', import.meta.url);
    const script = `import { fileStore } from ${JSON.stringify(fileURLToPath(url))};
      await fileStore(${JSON.stringify(folder)}).open(); console.log('open'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((done) => child.stdout.once('data', done));
    await expect(storeOf(folder).open()).rejects.toBeInstanceOf(StoreBusy);
    const gone = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    await gone;
    await expect(storeOf(folder).open()).resolves.toEqual([]);
  });

  it('may have a long path', async () => {
    const folder = join(folderOf(), 'a'.repeat(100));
    await storeOf(folder).open();
    await expect(storeOf(folder).open()).rejects.toBeInstanceOf(StoreBusy);
  });
});
