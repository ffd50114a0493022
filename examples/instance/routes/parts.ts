/** What the routes have in common: the parts of the instance, and the form of what they take and refuse. */
import type { Guard } from '@tenantry/licence-guard';
import type { MiddlewareHandler } from 'hono';
import { z } from 'zod';
import type { Broker } from '../broker.ts';
import type { Devices } from '../devices.ts';
import type { Messages } from '../messages.ts';
import type { Usage } from '../usage.ts';

export interface Parts {
  devices: Devices;
  messages: Messages;
  usage: Usage;
  broker: Broker | null;
  guard: () => Guard;
  refreshLicence: () => Promise<void>;
  /** Lets administrators through. */
  administrators: MiddlewareHandler;
}

const pageMax = 100_000;
const limitMax = 200;

export const pageQuery = z.object({
  page: z.coerce.number().int().min(1).max(pageMax).default(1),
  limit: z.coerce.number().int().min(1).max(limitMax).default(50),
});

const nameCharsMax = 100;
const control = /\p{Cc}/u;
/** What people call things. Anything else may be in it; whoever shows it escapes it. */
export const name = z
  .string()
  .trim()
  .min(1)
  .max(nameCharsMax)
  .refine((value) => !control.test(value), 'must have no control characters');

/** The form of every refusal, as the licence guard's. */
export const problem = (error: string, message: string, details: Record<string, unknown> = {}) => ({
  error,
  message,
  details,
});

export const badRequest = (error: z.ZodError) =>
  problem('Bad request', 'The request is not as it should be.', {
    issues: error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
  });
