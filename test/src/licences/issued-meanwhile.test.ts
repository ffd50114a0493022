/** Licences that are issued while what they say changes, or while a person revokes them: at whichever moment, the last word stands. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Context, carryOut } from '../../../src/workflows/deed.ts';
import { continueReissue, reissueAll } from '../../../src/workflows/licensing/reissue-all.ts';
import { reissueFor } from '../../../src/workflows/licensing/reissue-for.ts';
import { reissueLicences } from '../../../src/workflows/licensing/reissue-licences.ts';
import { applyPlanChanges } from '../../../src/workflows/subscriptions/apply-plan-changes.ts';
import { openPeriods } from '../../../src/workflows/subscriptions/open-periods.ts';
import { refreshSubscription } from '../../../src/workflows/subscriptions/refresh-subscription.ts';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { makeContext } from '../../harness/worker/context.ts';
import { countedDatabase } from '../../harness/worker/counted-database.ts';
import { refreshingOf } from '../../harness/worker/refreshing.ts';
import { aSubscription, day } from '../../harness/worker/stripe-subscription.ts';

const api = makeApi(Date.parse('2026-11-20T12:00:00.000Z'));
const control = api.bindings['CONTROL'] as D1Database;
const { prepare, reset, fake, context, refresh, newCustomer, paying, licencesOf, periodsOf } = refreshingOf(api);
beforeAll(prepare);
beforeEach(reset);

const inForce = async (id: string) =>
  (
    await control
      .prepare('SELECT plan, revoked_at IS NOT NULL AS revoked FROM licences WHERE customer_id = ? AND in_force = 1')
      .bind(id)
      .all<{ plan: string; revoked: number }>()
  ).results;
const revoke = async (id: string) => {
  const body = { reason: 'stolen' };
  expect((await api.call('POST', `/api/licenses/${id}/revoke`, { token: rootToken, body })).status).toBe(200);
};

/** The keys, of which none has signed what is in force. */
async function otherKeys({ keyring }: Context) {
  const { keys } = await keyring();
  return { keys: keys.map((key) => ({ ...key, kid: 'another' })) };
}

type Issue = (context: Context, id: string) => Promise<unknown>;

/** Issues a licence again and again, each time of another customer, who changes before the next step that goes to the database. */
async function beforeEveryStep(issue: Issue, customer: () => Promise<{ id: string; change: () => Promise<unknown> }>) {
  let isChanged = true;
  let before = 0;
  while (isChanged) {
    before += 1;
    const { id, change } = await customer();
    await control.prepare('UPDATE licences SET in_force = 0 WHERE customer_id <> ?').bind(id).run();
    isChanged = false;
    let steps = 0;
    const database = countedDatabase(control, async (run) => {
      steps += 1;
      if (steps === before) {
        isChanged = true;
        await change();
      }
      return await run();
    });
    await issue(makeContext({ control: database, shards: [], now: api.clock.now }), id);
    const plan = isChanged ? 'professional' : 'starter';
    expect([before, await inForce(id)]).toEqual([before, [{ plan, revoked: 0 }]]);
  }
  return before;
}

const ways: readonly [string, Issue][] = [
  ['cron under another key', (own) => reissueLicences({ ...own, keyring: () => otherKeys(own) })],
  ['an order for one', (own, id) => carryOut(own, () => reissueFor(own, { customerIds: [id], reason: 'asked for' }))],
  [
    'an order for all',
    async (own) => {
      const ordered = await carryOut(own, () => reissueAll(own, { reason: 'new key' }));
      if (ordered.ok) await continueReissue(own, ordered.value.value.order?.id ?? '');
    },
  ],
];

describe('a licence that is issued anew', () => {
  it.each(ways)('says the plan that was bought meanwhile, before whichever step that was: %s', async (_, issue) => {
    const steps = await beforeEveryStep(issue, async () => {
      const { id, sub, start } = await paying(2 * day, { plan: 'starter' });
      const change = async () => {
        fake().put(aSubscription(id, { plan: 'professional', start }));
        await refresh(sub);
      };
      return { id, change };
    });
    expect(steps).toBeGreaterThan(3);
  });

  it('says of a new period the plan that has taken effect meanwhile', async () => {
    const steps = await beforeEveryStep(openPeriods, async () => {
      reset();
      const id = await newCustomer();
      await control.prepare("UPDATE subscriptions SET status = 'active' WHERE customer_id = ?").bind(id).run();
      await control.prepare('UPDATE billing_periods SET open = 0 WHERE customer_id <> ?').bind(id).run();
      api.clock.now += 32 * day;
      const change = async () => {
        await control
          .prepare(`INSERT INTO plan_changes (customer_id, effective_at, plan, plan_version, pending)
            SELECT ?, ?, plan, version, 1 FROM plan_versions WHERE plan = 'professional' ORDER BY published_at DESC LIMIT 1`)
          .bind(id, api.clock.now - 1)
          .run();
        await applyPlanChanges(makeContext({ control, shards: [], now: api.clock.now }));
      };
      return { id, change };
    });
    expect(steps).toBeGreaterThan(3);
  });

  it('goes on to the end of the period that was opened meanwhile', async () => {
    const id = await newCustomer();
    await control.prepare("UPDATE subscriptions SET status = 'active' WHERE customer_id = ?").bind(id).run();
    const own = context();
    let isFirst = true;
    const done = await carryOut(own, async () => {
      const planned = await reissueFor(own, { customerIds: [id], reason: 'asked for' });
      if (isFirst) await openPeriods(makeContext({ control, shards: [], now: own.now + 32 * day }));
      isFirst = false;
      return planned;
    });
    expect(done.ok).toBe(true);
    const { end_at: end = 0 } = (await periodsOf(id)).at(-1) ?? {};
    const last = (await licencesOf(id)).at(-1);
    expect(last?.claims).toMatchObject({ subscription: { currentPeriodEndsAt: new Date(end).toISOString() } });
  });
});

describe('a renewal that Stripe tells of', () => {
  it('does not bring back the licence that a person revokes while the next one is signed', async () => {
    const { id, sub, start, subscription } = await paying();
    const end = start + 30 * day;
    api.clock.now = end + day;
    const item = { id: 'si_1', priceId: subscription.item?.priceId ?? '', interval: 'month' as const };
    fake().put({ ...subscription, item: { ...item, start: end, end: end + 30 * day } });
    const own = context();
    let revoked: Promise<void> | null = null;
    const keyring = async () => {
      revoked ??= revoke(id);
      await revoked;
      return await own.keyring();
    };
    await refreshSubscription({ ...own, keyring }, sub);
    expect(revoked).not.toBeNull();
    expect(await inForce(id)).toEqual([{ plan: 'professional', revoked: 1 }]);
    expect((await licencesOf(id)).every((licence) => licence.revoked)).toBe(true);
  });
});
