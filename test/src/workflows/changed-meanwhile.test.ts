/** A customer who changes between a plan and its commit: the batch's guard refuses it, and the plan is made again from what is there. */
import { beforeAll, describe, expect, it } from 'vitest';
import { findWhole } from '../../../src/customers/store.ts';
import { dayMs } from '../../../src/lib/time.ts';
import { makeAccountKey } from '../../../src/workflows/accounts/account-keys.ts';
import { carryOut, type Planned } from '../../../src/workflows/deed.ts';
import { reissueLicences } from '../../../src/workflows/licensing/reissue-licences.ts';
import { createReporter } from '../../../src/workflows/metering/create-reporter.ts';
import { openPeriods } from '../../../src/workflows/subscriptions/open-periods.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { makeContext } from '../../harness/worker/context.ts';

const api = makeApi();
const control = api.bindings['CONTROL'] as D1Database;
const shards = [api.bindings['USAGE_0'] as D1Database];
const contextAt = (now: number) => makeContext({ control, shards, now });
beforeAll(async () => {
  await ensureCluster(api);
});

const deactivate = (id: string) => api.call('POST', `/api/customers/${id}/deactivate`, { token: rootToken, body: {} });
const revoke = (id: string) =>
  api.call('POST', `/api/licenses/${id}/revoke`, { token: rootToken, body: { reason: 'stolen' } });

/** Carries a plan out before whose first commit something else happens. */
function interrupted<T>(plan: () => Promise<Planned<T>>, meanwhile: () => Promise<unknown>) {
  let isFirst = true;
  return carryOut(contextAt(api.clock.now), async () => {
    const planned = await plan();
    if (isFirst) await meanwhile();
    isFirst = false;
    return planned;
  });
}

describe('a customer who is deactivated meanwhile', () => {
  const whole = async (id: string) => {
    const found = await findWhole(contextAt(api.clock.now).db, id);
    if (!found) throw new Error(`${id} is not there`);
    return found;
  };

  it('gets no account key', async () => {
    const { customer_id: id } = (await signUp(api)).customer;
    const wish = { name: null, expiresAt: null };
    const made = await interrupted(
      async () => makeAccountKey(contextAt(api.clock.now), await whole(id), wish),
      () => deactivate(id),
    );
    expect(made).toMatchObject({ ok: false, error: { code: 'already_deactivated' } });
    const live = await control
      .prepare('SELECT id FROM credentials WHERE owner_id = ? AND revoked_at IS NULL')
      .bind(id)
      .all();
    expect(live.results).toEqual([]);
  });

  it('gets no reporter', async () => {
    const { customer_id: id } = (await signUp(api)).customer;
    const body = { instance_id: 'late', window_seconds: 3600, take_over: false } as const;
    const made = await interrupted(
      async () => createReporter(contextAt(api.clock.now), await whole(id), body),
      () => deactivate(id),
    );
    expect(made).toMatchObject({ ok: false, error: { code: 'already_deactivated' } });
    const late = await control
      .prepare("SELECT id FROM reporters WHERE customer_id = ? AND instance_id = 'late'")
      .bind(id)
      .all();
    expect(late.results).toEqual([]);
  });
});

describe('a licence that is revoked while cron issues the next one', () => {
  /** The customer's licences that count. */
  const inForce = async (id: string) =>
    (
      await control
        .prepare('SELECT jti FROM licences WHERE customer_id = ? AND in_force = 1 AND revoked_at IS NULL')
        .bind(id)
        .all()
    ).results;
  /** A context in which every use of the keys from the n-th on, the signings, comes after what happens meanwhile. */
  function signingAfter(nth: number, now: number, meanwhile: () => Promise<unknown>, isGone = false) {
    const context = contextAt(now);
    let uses = 0;
    let happened: Promise<unknown> | null = null;
    return {
      ...context,
      keyring: async () => {
        uses += 1;
        if (uses >= nth) {
          happened ??= meanwhile();
          await happened;
        }
        const { keys } = await context.keyring();
        return { keys: isGone ? keys.map((key) => ({ ...key, kid: 'another' })) : keys };
      },
    };
  }

  it.each([
    ['revoked', revoke],
    ['deactivated', deactivate],
  ])('of a new period does not come back: %s', async (_, change) => {
    const { customer_id: id } = (await signUp(api)).customer;
    // Nothing follows a trial that nobody pays for.
    await control.prepare("UPDATE subscriptions SET status = 'active' WHERE customer_id = ?").bind(id).run();
    await openPeriods(signingAfter(1, api.clock.now + 32 * dayMs, () => change(id)));
    expect(await inForce(id)).toEqual([]);
  });

  it('under another key does not come back', async () => {
    const { customer_id: id } = (await signUp(api)).customer;
    await reissueLicences(signingAfter(2, api.clock.now, () => revoke(id), true));
    expect(await inForce(id)).toEqual([]);
  });
});
