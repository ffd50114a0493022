/** A customer's rows that a refresh may touch, on a Stripe that a test says (stripe-subscription.ts). */
import { refreshSubscription } from '../../../src/workflows/subscriptions/refresh-subscription.ts';
import { type Api, ensureCluster, signUp } from './api.ts';
import { makeContext } from './context.ts';
import { aSubscription, bindPrices, day, fakeStripe, second } from './stripe-subscription.ts';

export function refreshingOf(api: Api) {
  const control = api.bindings['CONTROL'] as D1Database;
  const begin = api.clock.now;
  let fake = fakeStripe();

  const context = () => ({ ...makeContext({ control, shards: [], now: api.clock.now }), stripe: fake.stripe });
  const refresh = (id: string) => refreshSubscription(context(), id);
  const all = async <T>(sql: string, id: string) => (await control.prepare(sql).bind(id).all<T>()).results;
  const one = async <T>(sql: string, id: string) => (await all<T>(sql, id))[0];
  const rowOf = (id: string) => one<Record<string, unknown>>('SELECT * FROM subscriptions WHERE customer_id = ?', id);
  const periodsOf = (id: string) =>
    all<{ start_at: number; end_at: number; kind: string; open: number; invoiceable: number }>(
      'SELECT start_at, end_at, kind, open, invoiceable FROM billing_periods WHERE customer_id = ? ORDER BY start_at',
      id,
    );
  const plansOf = (id: string) =>
    all<{ effective_at: number; plan: string }>(
      'SELECT effective_at, plan FROM plan_changes WHERE customer_id = ? ORDER BY effective_at',
      id,
    );
  const licencesOf = async (id: string) =>
    (
      await all<{ action: string; claims: string; revoked_at: number | null }>(
        'SELECT action, claims, revoked_at FROM licences WHERE customer_id = ? ORDER BY rowid',
        id,
      )
    ).map(({ action, claims, revoked_at }) => ({ action, revoked: revoked_at !== null, claims: JSON.parse(claims) }));
  const deploymentOf = (id: string) =>
    one<{ phase: string; spec_generation: number; plan: string }>(
      'SELECT * FROM deployments WHERE customer_id = ?',
      id,
    );
  const auditOf = (id: string) => all<{ action: string }>('SELECT action FROM audit_log WHERE subject = ?', id);

  /** Everything of a customer that a refresh may touch, but for the note of the fetch itself. */
  const everythingOf = async (id: string) => ({
    row: await rowOf(id),
    periods: await periodsOf(id),
    plans: await plansOf(id),
    licences: await licencesOf(id),
    deployment: await deploymentOf(id),
    audit: await auditOf(id),
    jobs: await all('SELECT id, generation, state FROM jobs WHERE customer_id = ?', id),
    outbox: await all('SELECT id FROM outbox WHERE instr(payload, ?)', id),
  });

  const newCustomer = async () => (await signUp(api, { plan: 'starter' })).customer.customer_id;

  /** A customer who has paid at a moment after signup; Stripe counts whole seconds. */
  async function paying(after = 2 * day, fields: Partial<Parameters<typeof aSubscription>[1]> = {}) {
    const id = await newCustomer();
    api.clock.now = begin + after;
    const start = Math.floor(api.clock.now / second) * second;
    const subscription = aSubscription(id, { start, ...fields });
    const sub = fake.put(subscription);
    await refresh(sub);
    return { id, sub, start, subscription };
  }

  return {
    begin,
    /** The cluster, the catalogue and its prices; once a file. */
    prepare: async () => {
      await ensureCluster(api);
      await signUp(api);
      await bindPrices(control);
    },
    /** The clock and Stripe as at the beginning. */
    reset: () => {
      api.clock.now = begin;
      fake = fakeStripe();
    },
    fake: () => fake,
    context,
    refresh,
    all,
    one,
    rowOf,
    periodsOf,
    plansOf,
    licencesOf,
    deploymentOf,
    auditOf,
    everythingOf,
    newCustomer,
    paying,
  };
}
