import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { recent } from '../../../src/credentials/recent.ts';
import { makeApi } from '../../harness/worker/api.ts';
import { controlOf } from '../usage/harness.ts';
import { metered } from '../usage/story.ts';

describe('a revoked key', () => {
  const revoke = (kind: string) =>
    controlOf(env).prepare('UPDATE credentials SET revoked_at = 1 WHERE kind = ?').bind(kind).run();

  it('of a reporter ends within a second of its last use, any other at once', async () => {
    const api = makeApi(Date.parse('2026-11-20T12:30:00.000Z'));
    const who = await metered(api, { activeFrom: '2026-11-20T00:00:00Z' });
    const path = `/api/usage/${who.customerId}/cursor?instance_id=prod-1`;
    const asReporter = async () => (await api.call('GET', path, { token: who.key })).status;
    const asAccount = async () =>
      (await api.call('GET', `/api/usage/${who.customerId}`, { token: who.accountKey })).status;
    expect([await asReporter(), await asAccount()]).toEqual([200, 200]);
    await revoke('reporter');
    await revoke('account');
    expect(await asAccount()).toBe(401);
    api.clock.now += 900;
    expect(await asReporter()).toBe(401);
  });
});

describe('what was read a moment ago', () => {
  it('is known for 900 ms, not before it was read, and never for more than a thousand keys', () => {
    const known = recent<number>();
    known.set('a', 1, 10_000);
    expect(known.get('a', 10_000)).toBe(1);
    expect(known.get('a', 10_899)).toBe(1);
    expect(known.get('a', 10_900)).toBeNull();
    expect(known.get('a', 9_999)).toBeNull();
    for (let i = 0; i < 1000; i++) known.set(`k${i}`, i, 10_000);
    expect(known.get('a', 10_000)).toBeNull();
    expect(known.get('k999', 10_000)).toBe(999);
  });
});
