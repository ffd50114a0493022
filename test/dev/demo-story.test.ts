/** The story of the demo without a platform, and a demo that was cut off. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cast, type Member } from '../../dev/demo/cast.ts';
import { demoBegins, refuseHalfDemo } from '../../dev/demo/fill.ts';
import { plan, type Story } from '../../dev/demo/story.ts';
import { dayMs, hourMs, iso } from '../../src/lib/time.ts';
import { startPlatform } from '../harness/platform.ts';

const seed = 7;

describe('the story of the demo', () => {
  const whole = { from: Date.parse('2025-10-26T00:00:00Z'), until: Date.parse('2026-11-26T08:10:00Z') };

  it('is the same for the same seed, in whatever order it is asked for, and another one for another seed', () => {
    const [one, same, other] = [1, 1, 2].map((n) => plan(cast, { seed: n, ...whole })) as [Story, Story, Story];
    const member = cast[7] as Member;
    const day = (n: number): [number, number] => [whole.from + n * dayMs, whole.from + (n + 1) * dayMs];
    same.windowsOf(member, ...day(300));
    expect(same.windowsOf(member, ...day(40))).toEqual(one.windowsOf(member, ...day(40)));
    expect(other.windowsOf(member, ...day(40))).not.toEqual(one.windowsOf(member, ...day(40)));
    expect(same.moments).toEqual(one.moments);
    expect(same.dues).toEqual(one.dues);
  });

  it('is thirty customers over thirteen months: six projects of one organisation, every plan, every fate', () => {
    const { moments, windowsOf, corrections } = plan(cast, { seed, ...whole });
    const count = (deed: string): number => moments.filter((moment) => moment.deed === deed).length;
    // Who comes back buys once more.
    expect([count('join'), count('buy'), count('leave'), count('return')]).toEqual([30, 27, 5, 1]);
    // Two trials that ran out, two graces, two paid periods that were cancelled for, a pause and a cap.
    expect([count('card_fails'), count('stop'), count('pay')]).toEqual([3, 8, 1]);
    expect(cast.filter(({ project }) => project !== null)).toHaveLength(6);
    expect(new Set(cast.map(({ plan: bought }) => bought)).size).toBe(3);
    expect(corrections).toHaveLength(1);
    const windows = cast.flatMap((member) => windowsOf(member, whole.from, whole.until));
    expect(windows.length).toBeGreaterThan(170_000);
    expect(windows.some(({ use }) => use === null)).toBe(true);
    expect(windows.some(({ unseenSeconds, use }) => unseenSeconds > 0 && use !== null)).toBe(true);
  });

  it('has a month to bill from each purchase on, until the last is paid for, and knows which of them miss usage', () => {
    const { dues, moments, runsOf } = plan(cast, { seed, ...whole });
    const [pioneer, saffron] = [21, 24].map((number) => cast[number] as Member) as [Member, Member];
    const atOf = (member: Member, deed: string): number[] =>
      moments.flatMap((moment) => (moment.member === member && moment.deed === deed ? [moment.at] : []));
    for (const [member, month] of [
      [pioneer, 1],
      [saffron, 2],
    ] as const) {
      const [bought = 0] = atOf(member, 'buy');
      const at = new Date(bought);
      const ends = [...Array(month + 1)].map((_, n) =>
        Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + n + 1, at.getUTCDate(), 10, 30),
      );
      const stopped = atOf(member, 'stop')[0];
      expect(dues.map((due) => due.at)).toEqual(expect.arrayContaining(ends.filter((end) => end <= (stopped ?? 0))));
      expect(ends).toContain(stopped);
      expect(runsOf(member)[0]?.to).toBe(stopped);
    }
    // The dark night, an hour in parts, and hours that were declared unavailable: a month each.
    expect(dues.filter(({ isWhole }) => !isWhole)).toHaveLength(3);
    // What most of them owe is due on one day of the month, so that a year is not lived through three hundred times.
    expect(dues.length).toBeLessThan(25);
  });

  it('leaves one who owes, and one who pays by bank transfer, with a month that has just been billed', () => {
    for (const until of ['2026-03-01T05:00:00Z', '2026-11-26T08:10:00Z', '2027-01-31T23:50:00Z'].map(Date.parse)) {
      const { moments, dues } = plan(cast, { seed, from: demoBegins(until), until });
      for (const number of [25, 26]) {
        const bought = moments.find(({ deed, member }) => deed === 'buy' && member.number === number)?.at ?? 0;
        const billed = dues.filter(({ at }) => at > bought + 27 * dayMs && at < bought + 32 * dayMs);
        expect(billed.length).toBeGreaterThan(0);
        expect(until - Math.max(...billed.map(({ at }) => at))).toBeLessThan(7 * dayMs);
      }
      expect(moments.filter(({ deed, member }) => deed === 'stop' && member.number === 25)).toEqual([]);
    }
  });

  it('has office hours, quiet weekends and growth', () => {
    const { windowsOf } = plan(cast, { seed, ...whole });
    const office = cast[2] as Member;
    const cores = (after: number, hours: number): number =>
      windowsOf(office, after, after + hours * hourMs).reduce((sum, { use }) => sum + (use?.cpuCoreMs ?? 0), 0);
    const monday = Date.parse('2026-02-02T00:00:00Z');
    expect(cores(monday + 12 * hourMs, 2)).toBeGreaterThan(4 * cores(monday, 2));
    expect(cores(monday, 24)).toBeGreaterThan(3 * cores(monday - dayMs, 24));
    expect(cores(monday + 266 * dayMs, 7 * 24)).toBeGreaterThan(1.05 * cores(monday, 7 * 24));
  });

  it('begins on the same day thirteen months before', () => {
    expect(iso(demoBegins(Date.parse('2026-11-26T08:10:00Z')))).toBe('2025-10-26T00:00:00.000Z');
    expect(iso(demoBegins(Date.parse('2027-03-31T08:10:00Z')))).toBe('2026-02-28T00:00:00.000Z');
  });
});

describe('a demo that was cut off', () => {
  it('is known by its folder, which says how to begin again', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'tenantry-demo-'));
    refuseHalfDemo(dataDir);
    writeFileSync(join(dataDir, 'demo.json'), '{"state":"complete"}');
    refuseHalfDemo(dataDir);
    rmSync(join(dataDir, 'demo.json'));
    const platform = await startPlatform({ dataDir, args: ['--demo'] });
    expect(JSON.parse(JSON.stringify(platform.ready))).toEqual(platform.ready);
    await platform.kill9();
    await expect(startPlatform({ dataDir })).rejects.toThrow('begin again with npm start -- --fresh --demo');
    await expect(startPlatform({ dataDir, args: ['--demo'] })).rejects.toThrow('--demo needs an empty folder');
    rmSync(dataDir, { recursive: true });
  });
});
