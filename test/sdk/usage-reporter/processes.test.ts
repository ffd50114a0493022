import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { replay } from '../../../sdk/usage-reporter/src/core/journal.ts';
import { fileStore } from '../../../sdk/usage-reporter/src/file-store.ts';
import { startUsageReporter } from '../../../sdk/usage-reporter/src/reporter.ts';
import { customerId } from './intake.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
const folderOf = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-usage-'));
  folders.push(folder);
  return folder;
};
const sourceOf = (file: string): string =>
  JSON.stringify(fileURLToPath(new URL(`../../../sdk/usage-reporter/src/${file}`, import.meta.url)));

/** Runs an application that counts three calls, then ends as it is told to; its exit code. */
async function application(folder: string, ending: string): Promise<number | null> {
  const script = `
    import { startUsageReporter } from ${sourceOf('reporter.ts')};
    import { fileStore } from ${sourceOf('file-store.ts')};
    const reporter = startUsageReporter({
      api: 'http://127.0.0.1:9', apiKey: 'rep_key', customerId: '${customerId}', store: fileStore(${JSON.stringify(folder)}), log: () => {},
    });
    while (reporter.status().state === 'waiting') await new Promise((done) => setTimeout(done, 5));
    await reporter.flush();
    reporter.traffic.countCall('devices', 3);
    ${ending}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
  return await new Promise((done) => child.once('exit', done));
}

/** What the journal has after the application. */
async function left(folder: string) {
  const store = fileStore(folder);
  const { ledger } = replay(await store.open());
  await store.close();
  const counted = [...ledger.open.values()].reduce((sum, { sums }) => sum + (sums.api_calls ?? 0), 0);
  return { counted, stopped: ledger.stopped };
}

describe('an application that ends', () => {
  it.each([
    ['by stop()', 'await reporter.stop();', 0],
    ['by process.exit()', 'process.exit(3);', 3],
    ['by an error that nobody catches', 'throw new Error("nobody");', 1],
    ['because it has nothing more to do', '', 0],
  ])('%s loses nothing, and is not said to have crashed', async (_how, ending, code) => {
    const folder = folderOf();
    expect(await application(folder, ending)).toBe(code);
    expect(await left(folder)).toEqual({ counted: 3, stopped: true });
  });

  it('by kill -9 loses what it has not flushed, and is known to have crashed', async () => {
    const folder = folderOf();
    expect(await application(folder, 'process.kill(process.pid, "SIGKILL"); await new Promise(() => {});')).toBeNull();
    expect(await left(folder)).toEqual({ counted: 0, stopped: false });
  });
});

describe('a second process on the folder of the first', () => {
  it('counts in memory, and takes over what there is when the first has stopped', async () => {
    const folder = folderOf();
    const start = () =>
      startUsageReporter({
        api: 'http://127.0.0.1:9',
        apiKey: 'rep_key',
        customerId,
        store: fileStore(folder),
        flushMs: 20,
        log: () => undefined,
      });
    const first = start();
    await expect.poll(() => first.status().state).toBe('reporting');
    first.traffic.countCall('devices', 2);
    const second = start();
    second.traffic.countCall('devices', 5);
    await expect.poll(() => second.status().trouble).toContain('another process reports');
    expect(second.status().state).toBe('waiting');
    await first.stop();
    await expect.poll(() => second.status().state).toBe('reporting');
    await second.stop();
    expect(await left(folder)).toEqual({ counted: 7, stopped: true });
  });

  it('of another customer is refused: what is counted for one is reported for no other', async () => {
    const folder = folderOf();
    await application(folder, 'await reporter.stop();');
    const other = startUsageReporter({
      api: 'http://127.0.0.1:9',
      apiKey: 'rep_key',
      customerId: `cust_${'b'.repeat(32)}`,
      store: fileStore(folder),
      flushMs: 20,
      log: () => undefined,
    });
    await expect.poll(() => other.status().trouble).toContain('the store is that of app-a1b2c3d4');
    await other.stop();
  });
});

describe('options that cannot be right', () => {
  it('are told all at once', () => {
    const start = () =>
      startUsageReporter({
        api: 'http://billing.example.com',
        apiKey: '',
        customerId: 'acme',
        store: fileStore('never'),
        flushMs: -1,
      });
    expect(start).toThrow(/api must be https.*apiKey is required.*customerId must be.*flushMs must be/s);
  });
});
