/**
 * Every state by every event: where the table leads somewhere, state, licence, stack, keys and audit change in one batch, and
 * agree with what the state means; where it does not, nothing changes; and a batch that is refused has changed nothing.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { findWhole, type WholeCustomer } from '../../../../src/customers/store.ts';
import { openDb } from '../../../../src/db/client.ts';
import { ok } from '../../../../src/lib/result.ts';
import { meanings, stackOf } from '../../../../src/subscriptions/subscription.ts';
import {
  type SubscriptionEvent,
  type SubscriptionState,
  stateAfter,
} from '../../../../src/subscriptions/transitions.ts';
import { type Entered, enterState } from '../../../../src/workflows/subscriptions/enter-state.ts';
import { ensureCluster, makeApi } from '../../../harness/worker/api.ts';
import { done, makeContext } from '../../../harness/worker/context.ts';
import { subscribers } from '../../../harness/worker/seen-customer.ts';
import { events, named, states } from '../../subscriptions/every.ts';

const begin = Date.parse('2026-11-20T12:00:00.000Z');
const api = makeApi(begin);
const { control, see, set, join } = subscribers(api);
const db = openDb(control);
beforeAll(async () => {
  await ensureCluster(api);
});

/** A customer in that state, with a stack and a licence that are in it, too. */
async function customerIn(state: SubscriptionState): Promise<WholeCustomer> {
  const { status, suspendedFor } = state;
  const id = await join({ status, suspended_for: suspendedFor });
  const { licence, accountKeys } = meanings[status];
  const phase = stackOf(state) === 'running' ? 'running' : 'suspended';
  await control.prepare('UPDATE deployments SET phase = ? WHERE customer_id = ?').bind(phase, id).run();
  if (licence === 'revoked')
    await control.prepare('UPDATE licences SET revoked_at = 1 WHERE customer_id = ?').bind(id).run();
  if (!accountKeys) await control.prepare('UPDATE credentials SET revoked_at = 1 WHERE owner_id = ?').bind(id).run();
  const whole = await findWhole(db, id);
  if (!whole) throw new Error('the customer is gone');
  return whole;
}

const context = makeContext({ control, shards: [], now: begin + 1000 });
const plan = (whole: WholeCustomer, event: SubscriptionEvent) => enterState(context, whole, event, 'test');
const commit = (entered: Entered) => done(context, async () => ok({ ...entered, value: null }));
const generationOf = (id: string) =>
  control.prepare('SELECT spec_generation g FROM deployments WHERE customer_id = ?').bind(id).first<number>('g');

const pairs = states.flatMap((state) => events.map((event) => ({ state, event, next: stateAfter(state, event) })));
const moves = pairs.flatMap(({ state, event, next }) => (next ? [{ state, event, next }] : []));
const rests = pairs.filter(({ next }) => next === null);

/** What has ended is brought back by a person alone (src/workflows/accounts/reactivate.ts). */
const living = states.filter(({ status }) => status !== 'canceled');

describe.each(living.map((state) => [named(state), state] as const))('a customer who is %s', (_, state) => {
  it.each(moves.filter((move) => move.state === state).map((move) => [move.event, named(move.next), move] as const))(
    'is, after %s, %s in every respect',
    async (event, __, { next }) => {
      const before = await customerIn(state);
      const { id } = before.customer;
      const generation = (await generationOf(id)) ?? 0;
      const entered = await plan(before, event);
      if (!entered) throw new Error('nothing was planned');
      expect(await commit(entered)).toEqual({ ok: true, value: null });
      const { licence, accountKeys } = meanings[next.status];
      const stack = stackOf(next);
      const stops = stackOf(state) !== stack;
      expect(await see(id)).toMatchObject({
        status: next.status,
        suspended_for: next.suspendedFor,
        phase: stack === 'running' ? 'running' : 'suspended',
        revoked: licence === 'revoked',
        live_keys: accountKeys ? 1 : 0,
        deactivated: !accountKeys,
        changes: 1,
        ...(stops ? { verb: stack === 'running' ? 'resume' : 'suspend' } : {}),
      });
      expect(await generationOf(id)).toBe(generation + (stops ? 1 : 0));
      if (licence === 'revoked') return;
      const claims = await control
        .prepare('SELECT claims FROM licences WHERE customer_id = ? AND in_force = 1')
        .bind(id)
        .first<string>('claims');
      expect(JSON.parse(claims ?? '{}')).toMatchObject({ subscription: { status: next.status } });
    },
  );
});

it('leaves everything as it is where an event leads nowhere', async () => {
  const customers = new Map<SubscriptionState, WholeCustomer>();
  for (const state of states) customers.set(state, await customerIn(state));
  for (const { state, event } of rests) {
    const whole = customers.get(state);
    if (whole) expect([named(state), event, await plan(whole, event)]).toEqual([named(state), event, null]);
  }
  expect(moves.length + rests.length).toBe(states.length * events.length);
});

it('changes nothing at all where the subscription has changed since it was read', async () => {
  const before = await customerIn({ status: 'past_due', suspendedFor: null });
  const { id } = before.customer;
  const entered = await plan(before, 'grace_over');
  if (!entered) throw new Error('nothing was planned');
  await set(id, { status: 'active' });
  const seen = await see(id);
  await expect(commit(entered)).rejects.toThrow('subscription_unchanged');
  expect(await see(id)).toEqual(seen);
});
