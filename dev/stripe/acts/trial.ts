/** A trial's reminder and its end. */
import type { Context } from '../context.ts';
import { move } from '../move.ts';
import { periodAround } from '../objects/period.ts';
import type { Subscription } from '../objects/subscription.ts';
import { must } from '../wires.ts';
import { feeLine, invoiceOf } from './invoice.ts';
import { endSubscription, setDues } from './subscription.ts';

export function remindOfTrial(context: Context, subscription: Subscription): void {
  setDues(context, move(context, 'subscription', subscription, 'trial_will_end'));
}

const hasCard = ({ store }: Context, { customer, defaultPaymentMethod }: Subscription): boolean =>
  defaultPaymentMethod !== null || store.get('customer', customer)?.defaultPaymentMethod != null;

/** The first paid period begins where the trial ends; its invoice is a draft as at a renewal. */
export function endTrial(context: Context, subscription: Subscription, at: number): void {
  const lacksCard = subscription.collection === 'charge_automatically' && !hasCard(context, subscription);
  if (lacksCard && subscription.missingPaymentMethod === 'cancel') {
    endSubscription(context, subscription, 'ended');
    return;
  }
  if (lacksCard && subscription.missingPaymentMethod === 'pause') {
    const paused = { reason: 'trial_end_without_payment_method', at } as const;
    setDues(context, move(context, 'subscription', subscription, 'trial_ended_without_card', { paused }));
    return;
  }
  const items = subscription.items.map((item) => {
    const { recurring } = must(context, 'price', item.price);
    return { ...item, ...periodAround(at, recurring ?? { interval: 'month', count: 1 }, at) };
  });
  const begun = { ...subscription, anchor: at, items, trialEnd: at };
  const lines = items.map((item) => feeLine(context, begun, item)).filter((line) => line !== null);
  const period = { start: subscription.trialStart ?? at, end: at };
  const invoice = invoiceOf(context, begun, { reason: 'subscription_cycle', lines, period, withItems: true });
  setDues(context, move(context, 'subscription', { ...begun, latestInvoice: invoice.id }, 'trial_ended'));
}
