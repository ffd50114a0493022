/** One webhook over HTTP: signed, and answered in time or not. Owns no retry. */
import { reasonOf } from '../../problem.ts';
import { signatureOf } from './signature.ts';

/** As long as Stripe is seen to wait. */
const answerMsMax = 30_000;

export type Endpoint = { url: string; secret: string };

/**
 * Null when it was answered with 2xx, else what came instead.
 * @param signedAtMs what the platform's clock shows
 * @param stopping ends it unanswered
 */
export async function sendWebhook(
  { url, secret }: Endpoint,
  body: string,
  signedAtMs: number,
  stopping: AbortSignal,
): Promise<string | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': signatureOf(body, secret, signedAtMs),
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([stopping, AbortSignal.timeout(answerMsMax)]),
    });
    await response.arrayBuffer();
    return response.ok ? null : `HTTP ${response.status}`;
  } catch (error) {
    const cause = (error as { cause?: unknown }).cause;
    return cause === undefined ? reasonOf(error) : reasonOf(cause);
  }
}
