import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { descendants, programOf } from '../harness/processes.ts';
import { call, startFixture } from './fixture/start.ts';
import { startTraffic } from './fixture/traffic.ts';

const SEED = 20_261_121;
const KILLS = 3;
const KILL_AFTER_MS_MAX = 700;

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ids = (rows: { id: string }[]) => new Set(rows.map(({ id }) => id));
const without = (answered: Set<string>, there: Set<string>) => [...answered].filter((id) => !there.has(id));

const workerdOf = (platform: number) => descendants(platform).find((pid) => programOf(pid)?.includes('workerd serve'));

describe('kill -9', () => {
  let dataDir: string;
  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'tenantry-kill-'));
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it(`of the platform at ${KILLS} random moments loses no message and no row that was answered for, and leaves nothing running`, async () => {
    const random = seeded(SEED);
    const accepted = { sent: new Set<string>(), stored: new Set<string>() };
    for (let kill = 0; kill < KILLS; kill++) {
      const platform = await startFixture({ dataDir });
      const started = descendants(platform.pid);
      expect(started.length).toBeGreaterThanOrEqual(2); // workerd and the provisioner
      const traffic = startTraffic(platform.url, `k${kill}`, accepted);
      await eventually(
        async () => Math.min(accepted.sent.size, accepted.stored.size),
        (count) => count > 2 * kill + 1,
      );
      await new Promise((resolve) => setTimeout(resolve, 100 + random() * KILL_AFTER_MS_MAX));
      await platform.kill9();
      await traffic.stop();
      await eventually(
        async () => started.map(programOf).filter((program) => program !== null),
        (programs) => programs.length === 0,
      );
    }
    expect(accepted.sent.size).toBeGreaterThan(KILLS);
    expect(accepted.stored.size).toBeGreaterThan(KILLS);

    const platform = await startFixture({ dataDir });
    const rows = ids(await call(platform, 'GET', '/rows'));
    expect(without(accepted.stored, rows)).toEqual([]);
    const lost = await eventually(
      async () => without(accepted.sent, ids(await call(platform, 'GET', '/seen'))),
      (missing) => missing.length === 0,
    );
    expect(lost).toEqual([]);
    await platform.stop();
  });

  it('of workerd alone, while it starts too, is survived: it comes back at its address and what was accepted is handled', async () => {
    const platform = await startFixture();
    const accepted = { sent: new Set<string>(), stored: new Set<string>() };
    const traffic = startTraffic(platform.url, 'w', accepted);
    const random = seeded(SEED);
    for (let kill = 0; kill < KILLS; kill++) {
      await new Promise((resolve) => setTimeout(resolve, 100 + random() * KILL_AFTER_MS_MAX));
      process.kill(await eventually(async () => workerdOf(platform.pid) ?? 0, Boolean), 'SIGKILL');
      const again = await eventually(async () => workerdOf(platform.pid) ?? 0, Boolean);
      if (kill % 2 === 0) process.kill(again, 'SIGKILL');
      await eventually(
        () => call<{ status: string }>(platform, 'GET', '/health'),
        ({ status }) => status === 'ok',
      );
    }
    await traffic.stop();
    const lost = await eventually(
      async () => without(accepted.sent, ids(await call(platform, 'GET', '/seen'))),
      (missing) => missing.length === 0,
    );
    expect(lost).toEqual([]);
    expect(without(accepted.stored, ids(await call(platform, 'GET', '/rows')))).toEqual([]);
    expect(await platform.stop()).toBe(0);
  });
});
