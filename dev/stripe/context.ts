/**
 * What the parts of the stand-in are to each other: the types only. An operation is a route of Stripe's API as data and what it
 * does; it runs inside a commit and knows no HTTP. The edge (server, idempotency, webhooks, pages) runs operations; the core
 * (objects, acts, operations, due) is them.
 *
 * Refusals: `throw new Refusal(error)` anywhere inside an operation undoes what it wrote (the edge runs each in a SAVEPOINT). A
 * StripeError that is *returned* keeps what was written: a declined charge has counted its attempt.
 */
import type { StripeError } from './errors.ts';
import type { Parameters, Values } from './parameters.ts';
import type { Store } from './store.ts';

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

/** Writes the event's row into the commit that is going on. `previous` are the fields that changed, as they were. */
export type Emit = (type: string, object: Wire, previous?: Record<string, unknown>) => EventBody;

export type Context = {
  store: Store;
  /** The instant at which it happens, ms. */
  now: number;
  emit: Emit;
  /** Whether somebody listens to webhooks: a renewal's draft is then held until invoice.created was answered, 72 h at most. */
  webhooks: boolean;
  /** When an event's webhook was answered with 2xx, ms; null: not yet, or nobody listens. */
  answeredAt(eventId: string): number | null;
  /** Where the stand-in's own pages are, without a slash at the end: `<pages>/checkout/cs_…`, `/invoice/in_…`, `/portal/bps_…`. */
  pages: string;
};

export type Call = {
  /** What stands in the path's places, decoded: `/v1/customers/:id` gives `{ id }`. */
  path: Readonly<Record<string, string>>;
  /** The parameters, read by the operation's description; those that were not sent are absent. */
  values: Values;
};

export type Operation = {
  method: 'GET' | 'POST' | 'DELETE';
  /** `/v1/customers/:id`; a literal place wins over one that takes anything. */
  path: string;
  /** Everything it takes, beside `expand`, which all do. Anything else is `parameter_unknown`. */
  parameters: Parameters;
  run(context: Context, call: Call): Wire | StripeError;
};

/** Something that has instants at which it must act: the core's due table, the edge's deliveries. */
export type Timed = {
  /** The next instant, ms, or null. */
  nextAt(): number | null;
  /** Does everything of it that is due at `at`, ms; committed when it resolves. */
  run(at: number): Promise<void>;
};
