/** Something happened to a subscription, a schedule of one, or a checkout that made one: the subscription is refreshed. */
import { subscriptionIn } from '../../webhooks/event.ts';
import { refreshSubscription } from '../subscriptions/refresh-subscription.ts';
import { type Handler, whoseIs } from './handler.ts';

export const subscriptionChanged: Handler = async (context, event) => {
  const customerId = await whoseIs(context, event);
  if (customerId === null) return null;
  const subscriptionId = subscriptionIn(event.payload);
  const refreshed = subscriptionId === null ? null : await refreshSubscription(context, subscriptionId);
  return { customerId, writes: [], outbox: refreshed?.outbox ?? [] };
};
