/**
 * What goes wrong on purpose: rules that a test sets through the control door. Owns which request or webhook a rule strikes;
 * what is then done is the server's and the deliveries'. Rules are of this run only, and seeded: the same calls in the same
 * order are struck again.
 */
import { z } from 'zod';

const hangMsMax = 600_000;

/** What strikes a request, in the order in which it is served. */
const requestFaults = [
  /** The connection is closed and nothing has happened. */
  'refuse',
  '429',
  /** Nothing has happened, and the same key is carried out when it comes again. */
  '500',
  /** Nothing has happened, and the same key is answered so for 24 h. */
  '500_stored',
  /** It has happened and its answer is kept, but no answer comes: the connection hangs for `hang_ms`, then it is closed. */
  'timeout_after_accept',
] as const;
const webhookFaults = [
  /** Sent twice at once. */
  'duplicate_webhook',
  /** Held back for `hold_ms`, then sent with the others that were held, in another order. */
  'reorder_webhooks',
  /** This attempt does not arrive; the next one comes on schedule. */
  'drop_webhook',
] as const;

export type RequestFault = (typeof requestFaults)[number];
export type WebhookFault = (typeof webhookFaults)[number];

export const faultRule = z
  .strictObject({
    kind: z.enum([...requestFaults, ...webhookFaults]),
    /** How often it strikes; without it until it is taken away. */
    times: z.int().positive().optional(),
    /** The share of what matches that is struck. */
    rate: z.number().gt(0).max(1).default(1),
    seed: z.int().nonnegative().default(1),
    match: z
      .strictObject({
        method: z.enum(['GET', 'POST', 'DELETE']).optional(),
        /** The beginning of the path, or all of it with places: `/v1/invoices/:id/add_lines`. */
        path: z.string().startsWith('/v1/').optional(),
        /** The event's type, or its beginning: `invoice.`. */
        type: z.string().optional(),
      })
      .default({}),
    hang_ms: z.int().nonnegative().max(hangMsMax).default(120_000),
    hold_ms: z.int().nonnegative().max(60_000).default(250),
  })
  .refine(({ kind, match }) => isWebhookFault(kind) || match.type === undefined, 'requests have no type')
  .refine(
    ({ kind, match }) => !isWebhookFault(kind) || (match.method === undefined && match.path === undefined),
    'webhooks have neither method nor path',
  );
export type FaultRule = z.infer<typeof faultRule>;

export type StandingFault = FaultRule & { id: number; struck: number };
type Live = StandingFault & { random: () => number };

const isWebhookFault = (kind: string): kind is WebhookFault => (webhookFaults as readonly string[]).includes(kind);

/** Numbers in [0, 1) that follow from the seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Whether a path begins with a pattern; a place (`:id`) stands for one segment, and only the last may be cut short. */
function pathMatches(pattern: string, path: string): boolean {
  if (!pattern.includes(':')) return path.startsWith(pattern);
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  return wanted.length === given.length && wanted.every((part, index) => part.startsWith(':') || part === given[index]);
}

export type Faults = ReturnType<typeof openFaults>;

export function openFaults() {
  let rules: Live[] = [];
  let last = 0;

  /** The first rule that strikes; what it has left is counted. */
  const strike = (matches: (rule: Live) => boolean): Live | null => {
    for (const rule of rules) {
      if (!matches(rule) || rule.random() >= rule.rate) continue;
      rule.struck += 1;
      if (rule.struck === rule.times) rules = rules.filter((other) => other !== rule);
      return rule;
    }
    return null;
  };

  const shown = ({ random: _, ...rule }: Live): StandingFault => rule;

  return {
    add(rule: FaultRule): StandingFault {
      last += 1;
      const live = { ...rule, id: last, struck: 0, random: seeded(rule.seed) };
      rules.push(live);
      return shown(live);
    },
    list: (): StandingFault[] => rules.map(shown),
    clear: (id?: number): void => {
      rules = id === undefined ? [] : rules.filter((rule) => rule.id !== id);
    },
    ofRequest: (method: string, path: string): { kind: RequestFault; hang_ms: number } | null => {
      const rule = strike(
        ({ kind, match }) =>
          !isWebhookFault(kind) &&
          (match.method === undefined || match.method === method) &&
          (match.path === undefined || pathMatches(match.path, path)),
      );
      return rule === null ? null : { kind: rule.kind as RequestFault, hang_ms: rule.hang_ms };
    },
    ofWebhook: (type: string): StandingFault | null =>
      strike(({ kind, match }) => isWebhookFault(kind) && type.startsWith(match.type ?? '')),
  };
}
