/** What the demo's people do at Stripe: on its pages, through the stand-in's control door, and by its API. A refusal ends the demo. */
import { z } from 'zod';
import type { ReadyLine } from '../../src/contracts/ready.ts';
import { secondMs } from '../../src/lib/time.ts';
import { PlatformError } from '../problem.ts';

const callMsMax = 30 * secondMs;

/** Test cards of Stripe's: one that pays, and one that is put on file and then declined. */
export const goodCard = '4242424242424242';
export const failingCard = '4000000000000341';

const deliveriesOf = z.object({ deliveries: z.array(z.object({ attempts: z.number() })) });
const listOf = z.object({ data: z.array(z.object({ id: z.string() })) });

/** @param signal ends what is under way */
export function atStripe({ stripe_url: url, stripe_secret_key: key }: ReadyLine, signal: AbortSignal) {
  /** A call is made once: on this machine an answer is not lost, and a deed must not be done twice. */
  async function ask(path: string, init: RequestInit = {}): Promise<unknown> {
    if (url === null)
      throw new PlatformError('the demo: its people pay at the Stripe stand-in, and there is none here');
    const answer = await fetch(`${url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(callMsMax)]),
    });
    const text = await answer.text();
    if (!answer.ok) throw new PlatformError(`the demo: Stripe's ${path} was refused: ${text}`);
    return JSON.parse(text);
  }
  const door = (path: string, body: unknown) =>
    ask(`/_stand-in${path}`, { method: 'POST', body: JSON.stringify(body) });

  const giveCard = async (stripeCustomerId: string, card: string): Promise<void> => {
    await door(`/customers/${stripeCustomerId}/cards`, { card });
  };

  return {
    /** Pays on the page of a checkout session, `cs_…`. */
    async payOnPage(sessionId: string, card: string): Promise<void> {
      await door(`/checkout/${sessionId}/complete`, { card });
    },
    /** Whether every event has gone out once. */
    async hasTold(): Promise<boolean> {
      const { deliveries } = deliveriesOf.parse(await ask('/_stand-in/deliveries?waiting=true'));
      return deliveries.every(({ attempts }) => attempts > 0);
    },
    /** A card that pays from now on, as in the portal. @param stripeCustomerId `cus_…` */
    giveCard,
    /** Pauses what a customer has subscribed to, as a person does in the Dashboard: nothing is given back, nothing is asked for. */
    async pause(stripeCustomerId: string): Promise<void> {
      const query = new URLSearchParams({ customer: stripeCustomerId, status: 'active' });
      const keepsEverything = new URLSearchParams({
        'bill_for[unused_time_from][type]': 'none',
        'bill_for[outstanding_usage_through][type]': 'none',
      });
      for (const { id } of listOf.parse(await ask(`/v1/subscriptions?${query}`)).data)
        await ask(`/v1/subscriptions/${id}/pause`, { method: 'POST', body: keepsEverything });
    },
    /** Another card, and all that is owed is paid with it. */
    async payWhatIsOwed(stripeCustomerId: string, card: string): Promise<void> {
      await giveCard(stripeCustomerId, card);
      const query = new URLSearchParams({ customer: stripeCustomerId, status: 'open', limit: '100' });
      for (const { id } of listOf.parse(await ask(`/v1/invoices?${query}`)).data)
        await ask(`/v1/invoices/${id}/pay`, { method: 'POST', body: new URLSearchParams() });
    },
  };
}
