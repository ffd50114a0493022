/** What goes over Stripe's wire, as far as all parts know it: objects and events. */

/** An object of Stripe's as it goes over the wire. */
export type Wire = { readonly id?: string; readonly object: string };

/** An event as it is kept and sent, but for `pending_webhooks`, which is the edge's to say. */
export type EventBody = {
  id: string;
  object: 'event';
  api_version: string;
  /** Unix seconds. */
  created: number;
  data: { object: Wire; previous_attributes?: Record<string, unknown> };
  livemode: false;
  request: { id: string | null; idempotency_key: string | null };
  type: string;
};
