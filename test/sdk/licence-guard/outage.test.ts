/** The API is away for twenty days: what instances may do on each of them is what the README's table says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Guard, openGuard } from '../../../sdk/licence-guard/src/guard.ts';
import { memoryStore } from '../../../sdk/licence-guard/src/memory-store.ts';
import { root } from '../../project/tool.ts';
import { claims, customerId, dayMs, issuer, newKey, revocationList, signAs, startMs } from './issuer.ts';
import { away, type StandingApi, standingApi } from './standing-api.ts';

const apiKey = 'cust_key';
const graceDays = 14;
const backOnDay = 21;
/** A try in two to six hours on the days without an answer, and those of the first hours. */
const callsMax = 20 * 8 + 12;

interface Row {
  days: [from: number, to: number];
  /** Of who paid until day 15, until day 1, and never had a licence: `code, N devices`. */
  instances: string[];
  list: string;
}

/** The README's table of an outage. */
function table(): Row[] {
  const text = readFileSync(join(root, 'sdk/licence-guard/README.md'), 'utf8');
  return [...text.matchAll(/^\| (\d+)(?:–(\d+))?(?:, [^|]*)? *\|(.*)\|$/gm)].map(([, from, to, cells = '']) => {
    const [first = '', second = '', third = '', list = ''] = cells.split('|').map((cell) => cell.trim());
    return { days: [Number(from), Number(to ?? from)], instances: [first, second, third], list };
  });
}

const shown = (guard: Guard): string => `${guard.state().code}, ${guard.limit('maxDevices')} devices`;

/** An instance that is paid for until a day, with the API before it. */
async function instance(paidUntilDay: number): Promise<{ guard: Guard; api: StandingApi; back: () => Promise<void> }> {
  const key = await newKey();
  const licenceOf = (days: number, number: number) =>
    signAs(key, { ...claims, jti: `lic_${number}`, iat: Date.now() / 1000, exp: startMs / 1000 + days * 86_400 });
  const api = standingApi(apiKey, await licenceOf(paidUntilDay + graceDays, 1), [key.jwk]);
  api.revocations = await revocationList(key, Date.now());
  if (paidUntilDay === 0) api.instead = away;
  const guard = await openGuard({ api: issuer, customerId, apiKey, store: memoryStore(), fetch: api.fetch });
  const back = async () => {
    api.licence = await licenceOf(backOnDay + graceDays, 2);
    api.revocations = await revocationList(key, Date.now() + dayMs / 2);
    api.instead = null;
  };
  return { guard, api, back };
}

/**
 * Until each instance has taken what the API answered. Signatures are checked on other threads, in real time, which a busy
 * machine may make long: nothing bounds this but the test's own time.
 */
async function settled(instances: { guard: Guard }[]): Promise<void> {
  while (instances.some(({ guard }) => guard.state().problem !== null)) await new Promise((done) => setImmediate(done));
}

describe('an API that is away for twenty days', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: startMs, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('changes what an instance may do on the days that the README names, and on no other', async () => {
    const rows = table();
    expect(rows.map(({ days }) => days)).toEqual([
      [0, 0],
      [1, 6],
      [7, 14],
      [15, 20],
      [backOnDay, backOnDay],
    ]);
    const instances = await Promise.all([instance(15), instance(1), instance(0)]);
    for (const { api } of instances) api.instead = away;
    for (const {
      days: [from, to],
      instances: expected,
      list,
    } of rows) {
      for (let day = from; day <= to; day++) {
        if (day === backOnDay) {
          expect(instances.filter(({ api }) => api.calls.length > callsMax)).toEqual([]);
          await Promise.all(instances.map(({ back }) => back()));
        }
        if (day > 0) await vi.advanceTimersByTimeAsync(dayMs);
        if (day === backOnDay) await settled(instances);
        expect([day, ...instances.map(({ guard }) => shown(guard))]).toEqual([day, ...expected]);
        expect([day, instances[0]?.guard.state().stale]).toEqual([day, list === 'stale']);
      }
    }
  });
});
