/** What people do in the portal: the card that pays, the end of a subscription and taking that back. */
import { payWithCard } from '../acts/customers.ts';
import { endSubscription } from '../acts/subscription.ts';
import { changeAttributes, refusedUpdate } from '../acts/update.ts';
import type { Context } from '../context.ts';
import { Refusal, refuse } from '../errors.ts';
import type { PortalSession } from '../objects/portal.ts';
import { periodEndOf, type Subscription } from '../objects/subscription.ts';
import { must } from '../wires.ts';
import { cardChosen } from './cards.ts';

function subscriptionOf(context: Context, customer: string, id: string): Subscription {
  const subscription = context.store.get('subscription', id);
  if (subscription === null || subscription.customer !== customer) return refuse('There is no such subscription.');
  const refused = refusedUpdate(subscription, ['cancel_at']);
  if (refused !== null) throw new Refusal(refused);
  return subscription;
}

/** The portal ends a subscription by its `cancel_at`, where the API is used to `cancel_at_period_end`. */
function cancel(context: Context, subscription: Subscription): void {
  changeAttributes(context, subscription, {
    cancelAt: periodEndOf(subscription),
    canceledAt: Math.floor(context.now / 1000),
    cancellation: { ...subscription.cancellation, reason: 'cancellation_requested' },
  });
}

function keep(context: Context, subscription: Subscription): void {
  changeAttributes(context, subscription, {
    cancelAt: null,
    cancelAtPeriodEnd: false,
    canceledAt: null,
    cancellation: { ...subscription.cancellation, reason: null },
  });
}

/** The end of a subscription as the portal is set up for it, or not. */
function changeEnd(context: Context, session: PortalSession, act: 'cancel' | 'keep', id: string): void {
  const { features } = must(context, 'billing_portal.configuration', session.configuration);
  if (!features.subscriptionCancel.enabled) refuse('The portal is not set up for that.');
  const subscription = subscriptionOf(context, session.customer, id);
  if (act === 'keep') keep(context, subscription);
  else if (features.subscriptionCancel.mode === 'at_period_end') cancel(context, subscription);
  else endSubscription(context, subscription, 'canceled');
}

/** Does what the form's button says. Throws Refusal. */
export function actInPortal(context: Context, session: PortalSession, form: URLSearchParams): void {
  const { features } = must(context, 'billing_portal.configuration', session.configuration);
  const act = form.get('act');
  if (act === 'card' && features.paymentMethodUpdate) payWithCard(context, session.customer, cardChosen(form).number);
  else if (act === 'cancel' || act === 'keep') changeEnd(context, session, act, form.get('subscription') ?? '');
  else refuse('The portal is not set up for that.');
}
