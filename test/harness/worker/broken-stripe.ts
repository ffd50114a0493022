/** A port to Stripe that loses calls, loses answers, or dies: before a call, or when it was accepted and nobody has heard. */
import type { StripeFailure } from '../../../src/stripe/call.ts';
import type { StripePort } from '../../../src/stripe/port.ts';

/** The process is gone: nothing of the request goes on. */
export class Killed extends Error {
  override name = 'Killed';
}

export type Break = 'none' | 'lost_call' | 'lost_answer' | 'killed_before' | 'killed_after';

const unclear: { ok: false; error: StripeFailure } = { ok: false, error: { kind: 'unclear', code: 'timeout' } };
type Call = (...args: unknown[]) => Promise<unknown>;

/** Calls that only read. */
const reads: readonly string[] = [
  'billing.isTaxed',
  'changes.preview',
  'changes.needsConfirmation',
  'changes.isOwed',
  'checkout.listOpen',
  'checkout.findPromotion',
  'customers.fetch',
  'customers.page',
  'customers.find',
  'prices.find',
  'prices.fetch',
  'charges.fetch',
  'drafts.lines',
  'drafts.find',
  'drafts.findCredit',
  'drafts.reach',
  'events.page',
  'invoices.fetch',
  'invoices.page',
  'pauses.paidUntil',
  'subscriptions.fetch',
  'subscriptions.page',
  'subscriptions.listOf',
  'usageEvents.isBilledBy',
];

/** @param next how the next call breaks, one that changes something or one that reads */
export function breaking(port: StripePort, next: (what: 'write' | 'read') => Break): StripePort {
  const broken =
    (name: string, call: Call): Call =>
    async (...args) => {
      const how = next(reads.includes(name) ? 'read' : 'write');
      if (how === 'killed_before') throw new Killed('before the call');
      if (how === 'lost_call') return unclear;
      const answer = await call(...args);
      if (how === 'killed_after') throw new Killed('after the call');
      return how === 'lost_answer' ? unclear : answer;
    };
  const resource = (of: string, calls: object) =>
    Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, broken(`${of}.${name}`, call as Call)]));
  return Object.fromEntries(
    Object.entries(port).map(([name, calls]) => [name, resource(name, calls as object)]),
  ) as unknown as StripePort;
}

/** Numbers in [0, 1) that follow from a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
