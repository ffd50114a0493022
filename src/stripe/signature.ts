/**
 * Whether Stripe has signed a webhook. The official client judges the signature; that a time ahead of ours is as wrong as one
 * behind is ours to say, for the client takes any.
 */
import Stripe from 'stripe';
import { secondMs } from '../lib/time.ts';

/** Seconds between Stripe's clock and ours, either way. */
const toleranceSeconds = 300;

/** The one `t` of the header, Unix seconds; null where there is none, or more than one to choose from. */
function signedAt(header: string): number | null {
  const times = header.split(',').filter((part) => part.startsWith('t='));
  const [, seconds] = /^t=(\d{1,12})$/.exec(times[0] ?? '') ?? [];
  return times.length === 1 && seconds !== undefined ? Number(seconds) : null;
}

export interface Signed {
  /** The body as it came, to the byte. */
  payload: string;
  /** The header `Stripe-Signature`. */
  header: string | null;
  /** The endpoint's secrets: while one replaces another, both hold. */
  secrets: readonly string[];
  /** ms */
  now: number;
}

/** Whether one of the secrets has signed the payload, at most 300 s before or after `now`. */
export async function isSigned({ payload, header, secrets, now }: Signed): Promise<boolean> {
  const seconds = header === null ? null : signedAt(header);
  if (header === null || seconds === null) return false;
  if (Math.abs(Math.floor(now / secondMs) - seconds) > toleranceSeconds) return false;
  for (const secret of secrets) if (await isSignedWith(secret, payload, header, now)) return true;
  return false;
}

/** The client's own check, without its reading of what was signed: an event of a form that it does not know is signed too. */
async function isSignedWith(secret: string, payload: string, header: string, now: number): Promise<boolean> {
  const { signature } = Stripe.webhooks;
  if (signature === null) throw new Error('this build of the Stripe client checks no signatures');
  try {
    return await signature.verifyHeaderAsync(payload, header, secret, toleranceSeconds, undefined, now);
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false;
    throw error;
  }
}
