/** A Stripe that does what it is told, keeps note of it, and fails where a test says so; with customers whom it knows. */
import { openDb } from '../../../src/db/client.ts';
import { err, ok } from '../../../src/lib/result.ts';
import type { StripeFailure } from '../../../src/stripe/call.ts';
import type { StripePort } from '../../../src/stripe/port.ts';
import type { StripeSubscription } from '../../../src/stripe/subscriptions.ts';
import { deliverOutbox } from '../../../src/workflows/delivery/deliver-outbox.ts';
import { refreshSubscription } from '../../../src/workflows/subscriptions/refresh-subscription.ts';
import type { Api } from './api.ts';
import { makeContext, noInvoicing } from './context.ts';
import { subscribers } from './seen-customer.ts';
import { fakeStripe } from './stripe-subscription.ts';

export function obedientStripe(api: Api) {
  const { control, join } = subscribers(api);
  const state = {
    fake: fakeStripe(),
    /** What was asked of Stripe beside reads, in order. */
    calls: [] as string[],
    /** What Stripe answers to a pause; what happens while it is under way. */
    pauseFails: null as StripeFailure | null,
    duringPause: async (): Promise<void> => {},
  };

  function reset(): void {
    Object.assign(state, { fake: fakeStripe(), calls: [], pauseFails: null, duringPause: async () => {} });
  }

  const statusAtStripe = (id: string, status: StripeSubscription['status']) => {
    const found = state.fake.subscriptions.get(id);
    if (found) state.fake.put({ ...found, status });
  };

  function stripe(): StripePort {
    return {
      ...state.fake.stripe,
      pauses: {
        pause: async (id) => {
          state.calls.push('pause');
          if (state.pauseFails) return err(state.pauseFails);
          statusAtStripe(id, 'paused');
          await state.duringPause();
          return ok(null);
        },
        paidUntil: async (id) => ok(state.fake.subscriptions.get(id)?.item?.end ?? 0),
        goOn: async (id) => {
          state.calls.push('go on');
          statusAtStripe(id, 'active');
          return ok(null);
        },
      },
      schedules: {
        ...state.fake.stripe.schedules,
        release: async (id) => {
          state.calls.push(`release ${id}`);
          return ok(null);
        },
      },
      subscriptions: {
        ...state.fake.stripe.subscriptions,
        listOf: async (customer) =>
          state.fake.state.failure
            ? err(state.fake.state.failure)
            : ok([...state.fake.subscriptions.values()].filter((found) => found.customer === customer)),
      },
      changes: {
        ...state.fake.stripe.changes,
        isOwed: async (id) => ok(state.fake.subscriptions.get(id)?.latestInvoice?.status === 'open'),
        cancelNow: async (id) => {
          state.calls.push('cancel');
          statusAtStripe(id, 'canceled');
          return ok(null);
        },
      },
    };
  }

  const contextAt = (now: number) => ({ ...makeContext({ control, shards: [], now }), stripe: stripe() });

  /** Delivers what waits for Stripe. */
  async function deliver() {
    const rows = await control
      .prepare(
        "SELECT id FROM outbox WHERE kind IN ('stripe_pause', 'stripe_go_on', 'stripe_cancel') AND state IN ('planned', 'sent')",
      )
      .all<{ id: string }>();
    await control.prepare('UPDATE outbox SET claimed_until = 0').run();
    await deliverOutbox(
      {
        db: openDb(control),
        now: () => api.clock.now,
        log: () => {},
        stripe: stripe(),
        refresh: (id) => refreshSubscription(contextAt(api.clock.now), id),
        tax: false,
        boundPrice: () => null,
        ...noInvoicing,
        mail: null,
        linkSecrets: () => [],
        publicUrl: 'https://api.test',
        doorbell: () => null,
      },
      rows.results.map(({ id }) => id),
    );
  }
  const stateOf = async (id: string) => {
    const { results } = await control
      .prepare(
        "SELECT kind, state, last_error why FROM outbox WHERE kind LIKE 'stripe_%' AND kind <> 'stripe_customer' AND json_extract(payload, '$.customer_id') = ? ORDER BY rowid",
      )
      .bind(id)
      .all<{ kind: string; state: string; why: string | null }>();
    return results.map(({ kind, state, why }) => (why === null ? `${kind} ${state}` : `${kind} ${state} ${why}`));
  };

  /** A customer whom Stripe knows. */
  async function known() {
    const id = await join();
    await control.prepare('UPDATE customers SET stripe_customer_id = ? WHERE id = ?').bind(`cus_of_${id}`, id).run();
    return id;
  }

  return { state, reset, statusAtStripe, contextAt, deliver, stateOf, known };
}
