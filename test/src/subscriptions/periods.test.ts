/**
 * Billing periods and the licences that go with them: opened by cron, computed by reads, none after a cancellation and after an
 * unpaid trial.
 */
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
    .prepare(
      'SELECT start_at, end_at, open, kind, invoiceable FROM billing_periods WHERE customer_id = ? ORDER BY start_at',
    )
    .bind(customerId)
    .all<{ start_at: number; end_at: number; open: number; kind: string; invoiceable: number }>();
  const licences = await control
    .prepare('SELECT jti, action, revoked_at, in_force FROM licences WHERE customer_id = ? ORDER BY rowid')
    .bind(customerId)
    .all<{ jti: string; action: string; revoked_at: number | null; in_force: number }>();
  return { periods: periods.results, licences: licences.results };
};
/** A customer whose trial is paid for: what Stripe's webhooks will say. */
async function signUpPaying(): Promise<string> {
  const { customer_id: id } = (await signUp(api)).customer;
  await control.prepare("UPDATE subscriptions SET status = 'active' WHERE customer_id = ?").bind(id).run();
  return id;
}
const costOf = async (customerId: string) =>
  (await (await api.call('GET', `/api/usage/${customerId}/cost`, { token: rootToken })).json()) as CostAnswer;
const licenceOf = (customerId: string, token = rootToken) => api.call('GET', `/api/licenses/${customerId}`, { token });

describe('a billing period', () => {
  it('is opened by cron with its licence, and by no read before', async () => {
    const id = await signUpPaying();
    const before = await rowsOf(id);
    api.clock.now = begin + 75 * day;
    const first = await (await licenceOf(id)).json<{ decoded: { jti: string } }>();
    expect((await costOf(id)).period.start).toBe('2027-01-04T12:00:00.000Z');
    expect(await rowsOf(id)).toEqual(before);
    await api.tick();
    const after = await rowsOf(id);
    expect(after.periods.map(({ kind, open, invoiceable }) => [kind, open, invoiceable])).toEqual([
      ['trial', 0, 0],
      ['manual', 0, 1],
      ['manual', 1, 1],
    ]);
    expect(after.licences.map(({ action, in_force }) => [action, in_force])).toEqual([
      ['generated', 0],
      ['renewed', 1],
    ]);
    const renewed = await (await licenceOf(id)).json<{ decoded: { jti: string; subscription: object } }>();
    expect(renewed.decoded.jti).not.toBe(first.decoded.jti);
    expect(renewed.decoded.subscription).toMatchObject({ currentPeriodEndsAt: '2027-02-04T12:00:00.000Z' });
    await api.tick();
    expect(await rowsOf(id)).toEqual(after);
    api.clock.now = begin;
  });

  it('has one licence however many crons and reads run beside one another', async () => {
    const id = await signUpPaying();
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
    const id = await signUpPaying();
    api.clock.now = begin + 20 * day;
    await api.tick();
    await api.call('POST', `/api/customers/${id}/deactivate`, { token: rootToken, body: {} });
    api.clock.now = begin + 200 * day;
    expect(await costOf(id)).toMatchObject({ period: { end: '2027-01-04T12:00:00.000Z' }, invoiceable: true });
    await api.tick();
    const closed = await rowsOf(id);
    expect(closed.periods).toMatchObject([{ open: 0 }, { open: 0 }]);
    expect(closed.licences).toHaveLength(2);
    await api.call('POST', `/api/customers/${id}/reactivate`, { token: rootToken, body: {} });
    const back = await rowsOf(id);
    expect(back.periods).toMatchObject([
      { open: 0 },
      { open: 0 },
      { start_at: api.clock.now, open: 1, kind: 'manual' },
    ]);
    expect((await costOf(id)).period.start).toBe(new Date(api.clock.now).toISOString());
    api.clock.now = begin;
  });
});

describe('a trial', () => {
  it('is a period of its own, whose licence ends 14 days after it, and is followed by none while nobody pays', async () => {
    const made = await signUp(api);
    const { customer_id: id } = made.customer;
    const trial = { start_at: begin, end_at: begin + 14 * day, kind: 'trial', invoiceable: 0 };
    expect((await rowsOf(id)).periods).toMatchObject([{ ...trial, open: 1 }]);
    const { decoded } = await (await licenceOf(id)).json<{ decoded: { exp: number } }>();
    expect(decoded.exp * 1000).toBe(begin + 28 * day);
    api.clock.now = begin + 40 * day;
    await api.tick();
    const { periods, licences } = await rowsOf(id);
    expect(periods).toMatchObject([{ ...trial, open: 0 }]);
    // The trial's end suspends the customer, which is another status: what was free is still nobody's month.
    expect(licences.map(({ action }) => action)).toEqual(['generated', 'suspended']);
    const suspended = await (await licenceOf(id)).json<{ decoded: { exp: number } }>();
    expect(suspended.decoded.exp * 1000).toBe(begin + 28 * day);
    expect(await costOf(id)).toMatchObject({
      period: { start: '2026-11-20T12:00:00.000Z', end: '2026-12-04T12:00:00.000Z' },
      status: 'suspended',
      invoiceable: false,
    });
    api.clock.now = begin;
  });

  it('stays free after it has turned active', async () => {
    const id = await signUpPaying();
    expect(await costOf(id)).toMatchObject({ status: 'active', invoiceable: false });
    await expect(
      control.prepare('UPDATE billing_periods SET invoiceable = 1 WHERE customer_id = ?').bind(id).run(),
    ).rejects.toThrow('trial_invoiceable');
  });

  it('goes on for who comes back in it, and is over for who comes back later', async () => {
    const { customer_id: id } = (await signUp(api)).customer;
    const move = (to: string) => api.call('POST', `/api/customers/${id}/${to}`, { token: rootToken, body: {} });
    await move('deactivate');
    api.clock.now = begin + 3 * day;
    await move('reactivate');
    expect((await rowsOf(id)).periods).toMatchObject([{ kind: 'trial', end_at: begin + 14 * day, open: 1 }]);
    await move('deactivate');
    api.clock.now = begin + 20 * day;
    await move('reactivate');
    expect((await rowsOf(id)).periods.at(-1)).toMatchObject({
      start_at: begin + 20 * day,
      kind: 'manual',
      invoiceable: 1,
    });
    api.clock.now = begin;
  });

  it('is not there where there are no free days: months that nobody is invoiced for until somebody pays', async () => {
    const bindings = { DEFAULT_TRIAL_DAYS: '0' };
    const body = { email: 'no-trial@example.com', company_name: 'No trial' };
    const answer = await api.call('POST', '/api/customers/signup', { body, bindings });
    const made = await answer.json<{ customer: { customer_id: string }; subscription: object }>();
    expect(made.subscription).toEqual({ plan: 'starter', status: 'incomplete', trial_ends_at: null });
    const { customer_id: id } = made.customer;
    api.clock.now = begin + 32 * day;
    await api.tick();
    expect((await rowsOf(id)).periods).toMatchObject([
      { kind: 'manual', invoiceable: 0, open: 0 },
      { kind: 'manual', invoiceable: 0, open: 1 },
    ]);
    expect(await costOf(id)).toMatchObject({ status: 'incomplete', invoiceable: false });
    const licence = await (await licenceOf(id)).json();
    expect(licence).toMatchObject({ decoded: { trial: { isTrialMode: false }, limits: { maxUsers: 2 } } });
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
      const id = await signUpPaying();
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
