/** How a webhook is signed: https://docs.stripe.com/webhooks#verify-manually. Pure. */
import { createHmac } from 'node:crypto';

/** The `Stripe-Signature` of a body. @param atMs the sender's clock; the header has whole seconds */
export function signatureOf(body: string, secret: string, atMs: number): string {
  const seconds = Math.floor(atMs / 1000);
  const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${signature}`;
}
