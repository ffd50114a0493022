/**
 * Every binding and variable of the Worker, one schema, parsed once an isolate and used by all three entries (fetch,
 * queue, scheduled). A wrong variable stops the Worker with one line that names it; no value is ever printed.
 */
import { z } from 'zod';

const binding = <T>(name: string) =>
  z.custom<T>((value) => typeof value === 'object' && value !== null, { message: `the binding ${name} is missing` });

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((v) => v === 'true');

/** `100/900` is 100 requests in 900 seconds; `off` lifts the limit. */
const rateLimit = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, ctx) => {
      if (text === 'off') return null;
      const match = /^(\d+)\/(\d+)$/.exec(text);
      if (!match) {
        ctx.addIssue({ code: 'custom', message: 'must be requests/seconds, e.g. 100/900, or off' });
        return z.NEVER;
      }
      return { requests: Number(match[1]), seconds: Number(match[2]) };
    });

const schema = z.object({
  CONTROL: binding<D1Database>('CONTROL'),
  USAGE_QUEUE: binding<Queue>('USAGE_QUEUE'),
  RATE_LIMITER: binding<DurableObjectNamespace>('RATE_LIMITER'),
  ADMIN_API_TOKEN: z.string().min(32, 'must be at least 32 characters'),
  LICENSE_PRIVATE_KEYS: z.string().min(1),
  PUBLIC_URL: z.url(),
  BASE_DOMAIN: z.string().min(1),
  DEFAULT_CLUSTER: z.string().default('local'),
  DEFAULT_TRIAL_DAYS: z.coerce.number().int().min(0).max(365).default(14),
  ALLOW_SHORT_WINDOWS: flag,
  STRIPE_SECRET_KEY: z.string().optional(),
  STRIPE_API_BASE: z.url().optional(),
  SIGNUP_PLANS: z.string().default('starter,professional,enterprise'),
  RATE_LIMIT_SIGNUP: rateLimit('100/900'),
  RATE_LIMIT_AUTH: rateLimit('100/900'),
  RATE_LIMIT_REPORT: rateLimit('60/3600'),
  QUEUE_MAX_RETRY: z.coerce.number().int().min(1).max(20).default(3),
  QUEUE_BACKOFF_DELAY: z.coerce.number().int().min(0).max(3_600_000).default(5000),
  JOB_TIMEOUT_MS: z.coerce.number().int().min(1000).max(3_600_000).default(300_000),
});

export type RateLimit = { requests: number; seconds: number };

/** The Worker's parsed environment, plus the usage shards in order (`USAGE_0`, `USAGE_1`, …) and all doorbell queues. */
export type Env = z.infer<typeof schema> & {
  usageShards: D1Database[];
  doorbell: (bindingName: string) => Queue | null;
};

/** The environment as the runtime hands it over. */
export type RawEnv = Record<string, unknown>;

/** A variable is wrong or a binding is missing; one line each in `message`. */
export class EnvError extends Error {
  override name = 'EnvError';
}

let parsed: { raw: RawEnv; env: Env } | null = null;

/** Parses the runtime's environment; the same object is parsed once. Throws EnvError. */
export function parseEnv(raw: RawEnv): Env {
  if (parsed?.raw === raw) return parsed.env;
  const result = schema.safeParse(raw);
  if (!result.success) {
    throw new EnvError(result.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('\n'));
  }
  const usageShards: D1Database[] = [];
  for (let i = 0; raw[`USAGE_${i}`]; i++) usageShards.push(raw[`USAGE_${i}`] as D1Database);
  if (usageShards.length === 0) throw new EnvError('USAGE_0: the binding USAGE_0 is missing');
  const doorbell = (name: string) => (name.startsWith('DOORBELL_') ? ((raw[name] as Queue | undefined) ?? null) : null);
  parsed = { raw, env: { ...result.data, usageShards, doorbell } };
  return parsed.env;
}
