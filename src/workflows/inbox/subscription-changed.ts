/** Something happened to a subscription, a schedule of one, or a checkout that made one: the subscription is refreshed. */
import { subscriptionIn } from '../../webhooks/event.ts';
import { type Handler, whoseIs } from './handler.ts';
import { refreshOnce } from './lot.ts';

export const subscriptionChanged: Handler = async (context, event, lot) => {
  const customerId = await whoseIs(context, event);
  if (customerId === null) return null;
  const subscriptionId = subscriptionIn(event.payload);
  const refreshed = subscriptionId === null ? null : await refreshOnce(context, lot, subscriptionId);
  return { customerId, writes: [], outbox: refreshed?.outbox ?? [] };
};
