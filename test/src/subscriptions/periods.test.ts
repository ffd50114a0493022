/** Billing periods and the licences that go with them: opened by cron, computed by reads, none after a cancellation. */
import { decodeProtectedHeader, exportJWK, generateKeyPair, importSPKI, jwtVerify } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CostAnswer } from '../../../src/contracts/cost.ts';
import type { LeasedJob } from '../../../src/contracts/jobs.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';

const day = 86_400_000;
const begin = Date.parse('2026-11-20T12:00:00.000Z');
const api = makeApi(begin);
const control = api.bindings['CONTROL'] as D1Database;
let provisionerToken = '';
beforeAll(async () => {
  ({ provisionerToken } = await ensureCluster(api));
});

const rowsOf = async (customerId: string) => {
  const periods = await control
    .prepare('SELECT start_at, end_at, open FROM billing_periods WHERE customer_id = ? ORDER BY start_at')
    .bind(customerId)
    .all<{ start_at: number; end_at: number; open: number }>();
  const licences = await control
    .prepare('SELECT jti, action, revoked_at, in_force FROM licences WHERE customer_id = ? ORDER BY rowid')
    .bind(customerId)
    .all<{ jti: string; action: string; revoked_at: number | null; in_force: number }>();
  return { periods: periods.results, licences: licences.results };
};
const costOf = async (customerId: string) =>
  (await (await api.call('GET', `/api/usage/${customerId}/cost`, { token: rootToken })).json()) as CostAnswer;
const licenceOf = (customerId: string, token = rootToken) => api.call('GET', `/api/licenses/${customerId}`, { token });

describe('a billing period', () => {
  it('is opened by cron with its licence, and by no read before', async () => {
    const { customer_id: id } = (await signUp(api)).customer;
    const before = await rowsOf(id);
    api.clock.now = begin + 75 * day;
    const first = await (await licenceOf(id)).json<{ decoded: { jti: string } }>();
    expect((await costOf(id)).period.start).toBe('2027-01-20T12:00:00.000Z');
    expect(await rowsOf(id)).toEqual(before);
    await api.tick();
    const after = await rowsOf(id);
    expect(after.periods.map(({ open }) => open)).toEqual([0, 0, 1]);
    expect(after.licences.map(({ action, in_force }) => [action, in_force])).toEqual([
      ['generated', 0],
      ['renewed', 1],
    ]);
    const renewed = await (await licenceOf(id)).json<{ decoded: { jti: string; subscription: object } }>();
    expect(renewed.decoded.jti).not.toBe(first.decoded.jti);
    expect(renewed.decoded.subscription).toMatchObject({ currentPeriodEndsAt: '2027-02-20T12:00:00.000Z' });
    await api.tick();
    expect(await rowsOf(id)).toEqual(after);
    api.clock.now = begin;
  });

  it('has one licence however many crons and reads run beside one another', async () => {
    const { customer_id: id } = (await signUp(api)).customer;
    api.clock.now = begin + 32 * day;
    await Promise.all([
      ...Array.from({ length: 4 }, () => api.tick()),
      ...Array.from({ length: 12 }, () => licenceOf(id)),
    ]);
    const { periods, licences } = await rowsOf(id);
    expect(periods).toHaveLength(2);
    expect(licences).toHaveLength(2);
    api.clock.now = begin;
  });

  it('does not follow the one that holds a cancellation, and begins anew when the customer comes back', async () => {
    const { customer_id: id } = (await signUp(api)).customer;
    await api.call('POST', `/api/customers/${id}/deactivate`, { token: rootToken, body: {} });
    api.clock.now = begin + 200 * day;
    expect((await costOf(id)).period.end).toBe('2026-12-20T12:00:00.000Z');
    await api.tick();
    const closed = await rowsOf(id);
    expect(closed.periods).toMatchObject([{ open: 0 }]);
    expect(closed.licences).toHaveLength(1);
    await api.call('POST', `/api/customers/${id}/reactivate`, { token: rootToken, body: {} });
    const back = await rowsOf(id);
    expect(back.periods).toMatchObject([{ open: 0 }, { start_at: api.clock.now, open: 1 }]);
    expect((await costOf(id)).period.start).toBe(new Date(api.clock.now).toISOString());
    api.clock.now = begin;
  });
});

describe('a licence beside what changes its customer', () => {
  it('is never put in force again by cron or a read while the customer is deactivated or the licence revoked', async () => {
    for (const [path, body] of [
      ['/api/customers/:id/deactivate', {}],
      ['/api/licenses/:id/revoke', { reason: 'stolen' }],
    ] as const) {
      api.clock.now = begin;
      const { customer_id: id } = (await signUp(api)).customer;
      api.clock.now = begin + 32 * day;
      await Promise.all([
        ...Array.from({ length: 6 }, () => licenceOf(id)),
        api.tick(),
        api.call('POST', path.replace(':id', id), { token: rootToken, body }),
        api.tick(),
        ...Array.from({ length: 6 }, () => licenceOf(id)),
      ]);
      await api.tick();
      expect((await rowsOf(id)).licences.filter((row) => row.revoked_at === null)).toEqual([]);
      expect(await (await licenceOf(id)).json()).toMatchObject({ code: 'licence_revoked' });
    }
    api.clock.now = begin;
  });

  it('comes back after a mistaken revocation, but not for a deactivated customer', async () => {
    const { customer_id: id } = (await signUp(api)).customer;
    await api.call('POST', `/api/licenses/${id}/revoke`, { token: rootToken, body: { reason: 'a mistake' } });
    const history = await (await api.call('GET', `/api/licenses/${id}/history`, { token: rootToken })).json();
    expect(history).toMatchObject({ history: [{ action: 'generated', revoked_reason: 'a mistake' }] });
    const body = { customer_ids: [id], reason: 'it was a mistake' };
    const again = await api.call('POST', '/api/licenses/reissue', { token: rootToken, body });
    expect(await again.json()).toEqual({ success: true, reissued: 1 });
    expect((await licenceOf(id)).status).toBe(200);
    await api.call('POST', `/api/customers/${id}/deactivate`, { token: rootToken, body: {} });
    const ended = await api.call('POST', '/api/licenses/reissue', { token: rootToken, body });
    expect(await ended.json()).toMatchObject({ code: 'already_deactivated', details: { customer_ids: [id] } });
  });
});

describe('licences after another key was promoted', () => {
  it('go to an instance with the key that signed them, and are issued anew by cron once that key has gone', async () => {
    const made = await signUp(api);
    const id = made.customer.customer_id;
    const pair = await generateKeyPair('RS256', { extractable: true });
    const old = JSON.parse(String(api.bindings['LICENSE_PRIVATE_KEYS'])) as object[];
    const keys = JSON.stringify([await exportJWK(pair.privateKey), ...old]);
    const bindings = { LICENSE_PRIVATE_KEYS: keys };
    // Other tests' jobs are in the same cluster.
    let leased: LeasedJob | null = null;
    while (leased?.job.customer_id !== id) {
      const next = await api.call('POST', '/api/provisioner/jobs/next', {
        token: provisionerToken,
        body: {},
        bindings,
      });
      leased = (await next.json()) as LeasedJob;
    }
    const { publicKey } = leased.values.license;
    await expect(jwtVerify(leased.licence, await importSPKI(publicKey, 'RS256'))).resolves.toBeDefined();
    const { kid } = decodeProtectedHeader(leased.licence);
    const pem = await api.call('GET', `/api/licenses/public-key?kid=${kid}`, { bindings });
    expect(await pem.text()).toBe(publicKey);

    Object.assign(api.bindings, bindings);
    await api.tick();
    const kept = await (await licenceOf(id)).json<{ license: string }>();
    expect(kept.license).toBe(made.license.jwt);
    Object.assign(api.bindings, { LICENSE_PRIVATE_KEYS: JSON.stringify(JSON.parse(keys).slice(0, 1)) });
    expect((await licenceOf(id)).status).toBe(503);
    await api.tick();
    const { license } = await (await licenceOf(id)).json<{ license: string }>();
    expect(decodeProtectedHeader(license).kid).not.toBe(kid);
    const now = await (await api.call('GET', '/api/licenses/public-key')).text();
    await expect(jwtVerify(license, await importSPKI(now, 'RS256'))).resolves.toBeDefined();
    expect((await rowsOf(id)).licences.map((row) => row.in_force)).toEqual([0, 1]);
  });
});
