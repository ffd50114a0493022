/** The clock of a whole platform: around the fixture's Worker, as any program sees it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shifted } from '../../../dev/clock/program.ts';
import { readJson } from '../../../dev/data/private-file.ts';
import { readSettings } from '../../../dev/settings.ts';
import { type ClockMove, clockAnswer } from '../../../src/contracts/embedded-clock.ts';
import { dayMs, hourMs, minuteMs } from '../../../src/lib/time.ts';
import { eventually } from '../../harness/eventually.ts';
import type { TestPlatform } from '../../harness/platform.ts';
import { descendants, programOf } from '../../harness/processes.ts';
import { call, startFixture } from '../fixture/start.ts';

const start = Date.parse('2026-01-30T00:00:00Z');
/** What a start and a few calls take at most, also where much else runs; well below the hours that the tests tell apart. */
const slackMs = 20 * minuteMs;

async function order(platform: TestPlatform, move: unknown, token = platform.ready.clock_token) {
  const response = await fetch(platform.ready.clock_url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(move),
  });
  return { status: response.status, body: (await response.json()) as { message?: string } };
}
const move = async (platform: TestPlatform, to: ClockMove) => clockAnswer.parse((await order(platform, to)).body);
const workerTime = async (platform: TestPlatform): Promise<number> =>
  (await call<{ now: number }>(platform, 'GET', '/now')).now;
const ticksOf = async (platform: TestPlatform): Promise<number[]> =>
  (await call<{ scheduled_at: number }[]>(platform, 'GET', '/tick-times')).map((row) => row.scheduled_at);

function near(ms: number, wanted: number): void {
  expect(ms).toBeGreaterThanOrEqual(wanted);
  expect(ms).toBeLessThan(wanted + slackMs);
}

describe('a platform that starts in the past', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startFixture({ args: ['--at', '2026-01-30'] });
  });
  afterAll(async () => {
    await platform.stop();
  });

  it('shows that time to the Worker, to cron and to the Stripe stand-in', async () => {
    near(await workerTime(platform), start);
    const [first] = await eventually(
      () => ticksOf(platform),
      ({ length }) => length > 0,
    );
    near(first ?? 0, start);
    const { hostname, port } = new URL(platform.ready.stripe_url ?? '');
    const { stripe_secret_key } = readJson(join(platform.dataDir, 'secrets.json')) as Record<string, string>;
    const stripe = new Stripe(stripe_secret_key ?? '', { host: hostname, port, protocol: 'http' });
    near((await stripe.customers.create({ email: 'a@b.example' })).created * 1000, start - 1000);
    expect(platform.logs.some((line) => line.startsWith('the clock shows 2026-01-30T00:00:'))).toBe(true);
  });

  it('is moved over a month: the Worker is there at once, with the ticks of every hour', async () => {
    const before = (await ticksOf(platform)).length;
    const { now, held } = await move(platform, { to: '2026-02-01T02:30:00Z' });
    near(await workerTime(platform), Date.parse('2026-02-01T02:30:00Z'));
    expect([now.slice(0, 16), held]).toEqual(['2026-02-01T02:30', false]);
    const ticks = (await ticksOf(platform)).slice(before);
    const hours = Array.from({ length: 50 }, (_, n) => start + (n + 1) * hourMs);
    expect(ticks.filter((at) => at % hourMs === 0)).toEqual(hours);
    expect(ticks).toContain(Date.parse('2026-02-01T02:30:00Z'));
  });

  it('ends the provisioner on the way and starts it again with the new time', async () => {
    const told = () => platform.logs.filter((line) => line.startsWith('provisioner | ')).slice(-2);
    const before = platform.logs.length;
    await move(platform, { advance: '1d' });
    await eventually(
      async () => platform.logs.slice(before),
      (lines) => lines.some((line) => line.startsWith('provisioner | given')),
    );
    expect(told()).toEqual(['provisioner | told to end', expect.stringMatching(/^provisioner \| given /)]);
  });

  it('is told again to a workerd that was killed', async () => {
    const before = await workerTime(platform);
    for (const pid of descendants(platform.pid))
      if (programOf(pid)?.includes('workerd serve')) process.kill(pid, 'SIGKILL');
    const after = await eventually(
      () => workerTime(platform).catch(() => 0),
      (ms) => ms > 0,
    );
    expect(after).toBeGreaterThanOrEqual(before);
    near(after, before);
  });

  it('refuses whoever has not the token, and orders that it does not understand or that lead back', async () => {
    const before = await workerTime(platform);
    expect((await order(platform, { advance: '1d' }, 'guess')).status).toBe(401);
    for (const wrong of [{}, { advance: '1y' }, { advance: '1d', to: 'real' }, { to: '2026-02-30' }, { forward: 1 }])
      expect((await order(platform, wrong)).status).toBe(422);
    expect((await order(platform, { to: '2026-01-30T00:00:00Z' })).body.message).toContain('never goes backwards');
    near(await workerTime(platform), before);
  });

  it('waits for what the Worker is sending, so that nobody sends it again', async () => {
    await move(platform, { hold: true });
    const before = await workerTime(platform);
    await call(platform, 'POST', '/sending');
    const moved = move(platform, { advance: '1h', hold: true });
    const headers = { authorization: `Bearer ${platform.ready.clock_token}` };
    await eventually(
      async () => clockAnswer.parse(await (await fetch(platform.ready.clock_url, { headers })).json()),
      ({ moving_to }) => moving_to !== null,
    );
    expect(await workerTime(platform)).toBe(before);
    await call(platform, 'POST', '/sent');
    await moved;
    expect(await workerTime(platform)).toBe(before + hourMs);
  });

  it('stands still when it is held, with no ticks, and keeps its time over a kill', async () => {
    await move(platform, { advance: '1h', hold: true });
    const held = await workerTime(platform);
    const ticks = await ticksOf(platform);
    const { dataDir } = platform;
    await platform.kill9();
    platform = await startFixture({ dataDir });
    expect(await workerTime(platform)).toBe(held);
    expect(await ticksOf(platform)).toEqual(ticks);
    expect((await move(platform, { hold: false })).held).toBe(false);
    near(await workerTime(platform), held);
    expect((await order(platform, { advance: '1h' })).status).toBe(200);
  });
});

describe('a move that is killed', () => {
  it('goes on at the next start until it has arrived, and leaves no hour out', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'tenantry-clock-'));
    let platform = await startFixture({ dataDir, args: ['--at', '2026-01-30'] });
    const to = start + 20 * dayMs;
    const cut = order(platform, { to: new Date(to).toISOString() }).catch(() => null);
    await eventually(
      () => ticksOf(platform),
      ({ length }) => length > 60,
    );
    await platform.kill9();
    await cut;
    platform = await startFixture({ dataDir });
    expect(platform.logs.some((line) => line.startsWith('the clock was being moved'))).toBe(true);
    near(await workerTime(platform), to);
    const hours = (await ticksOf(platform)).filter((at) => at % hourMs === 0 && at > start && at <= to);
    expect([...new Set(hours)]).toEqual(Array.from({ length: 20 * 24 }, (_, n) => start + (n + 1) * hourMs));
    expect(hours.length - new Set(hours).size).toBeLessThanOrEqual(1);
    await platform.stop();
    rmSync(dataDir, { recursive: true });
  });
});

describe('a clock that may not be moved', () => {
  it('is that of a folder with data: only an empty one starts in the past', async () => {
    const first = await startFixture();
    await first.kill9();
    const { dataDir } = first;
    await expect(startFixture({ dataDir, args: ['--at', '2026-01-30'] })).rejects.toThrow('--at needs an empty folder');
    const live = { STRIPE_SECRET_KEY: `sk_live_${'x'.repeat(24)}`, STRIPE_API_BASE: 'http://127.0.0.1:9' };
    await expect(startFixture({ dataDir, fresh: true, args: ['--at', '2026-01-30'], env: live })).rejects.toThrow(
      'the clock cannot be moved beside real money',
    );
    await first.stop();
  });

  it.each([
    ['a live Stripe key', { STRIPE_SECRET_KEY: `rk_live_${'x'.repeat(24)}` }, 'live key'],
    ['a real cluster', { KUBECONFIG: '/somewhere' }, 'KUBECONFIG'],
  ])('is that beside %s', (_, env, why) => {
    expect(readSettings(env, []).realTimeBecause).toContain(why);
    expect(readSettings({ STRIPE_SECRET_KEY: `sk_test_${'x'.repeat(24)}` }, []).realTimeBecause).toBeNull();
  });

  it.each([
    [['--at'], 'must be a date'],
    [['--at', 'yesterday'], 'must be a date'],
    [['--at', '2999-01-01'], 'that is over'],
    [['--demo', '--at', '2026-01-01'], '--demo begins at a time of its own'],
  ])('is not begun by %j', (args, why) => {
    expect(() => readSettings({}, args)).toThrow(why);
  });

  it('has no demo without the Stripe stand-in, where its customers pay', () => {
    const env = { STRIPE_SECRET_KEY: `sk_test_${'x'.repeat(24)}` };
    expect(() => readSettings(env, ['--demo'])).toThrow('leave STRIPE_SECRET_KEY out');
    expect(readSettings({}, ['--demo']).demo).toBe(true);
  });

  it.each(['at', 'demo'])('is not begun where npm kept --%s for itself', (option) => {
    expect(() => readSettings({ [`npm_config_${option}`]: 'true' }, [])).toThrow(`npm start -- --${option}`);
  });
});

describe('a program under a moved clock', () => {
  const offsetMs = -100 * dayMs;
  const evaluated = (code: string, ms: number): string => {
    const { args, env } = shifted({ name: 'x', args: ['--input-type=module', '-e', code], env: {} }, ms);
    return execFileSync(process.execPath, args, { env, encoding: 'utf8' }).trim();
  };

  it('has the moved date in every form, and dates that are given stay as they are', () => {
    const code = `console.log(JSON.stringify([Date.now(), new Date().getTime(), Date.parse(Date()),
      new Date(5).getTime(), Date.UTC(2026), new Date() instanceof Date, structuredClone(new Date(7)).getTime()]))`;
    const [now, made, text, ...rest] = JSON.parse(evaluated(code, offsetMs)) as number[];
    for (const ms of [now, made, (text ?? 0) + 1000]) near(ms ?? 0, Date.now() + offsetMs - slackMs / 2);
    expect(rest).toEqual([5, Date.UTC(2026), true, 7]);
  });

  it("is run as it is under the machine's own", () => {
    const program = { name: 'x', args: ['main.ts'], env: {} };
    expect(shifted(program, 0)).toBe(program);
  });
});
