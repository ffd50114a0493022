/** What the bank's 3-D Secure page answers to an intent of a Checkout session. That of an invoice is pay.ts's. */
import type { Context } from '../context.ts';
import { move } from '../move.ts';
import type { PaymentIntent, SetupIntent } from '../objects/intent.ts';
import type { Session } from '../objects/session.ts';
import { must, rendered } from '../wires.ts';
import { notAuthenticated } from './charge.ts';
import { complete } from './sessions.ts';

const isSetup = (intent: PaymentIntent | SetupIntent): intent is SetupIntent => !('amount' in intent);

function refused(context: Context, intent: PaymentIntent | SetupIntent): void {
  if (!isSetup(intent)) {
    move(context, 'payment_intent', intent, 'declined', { lastError: notAuthenticated, paymentMethod: null });
    return;
  }
  const canceled: SetupIntent = { ...intent, status: 'canceled' };
  context.store.put('setup_intent', canceled);
  context.emit('setup_intent.setup_failed', rendered(context, 'setup_intent', canceled));
}

/** The first invoice has an intent of its own, which is then paid; this one has done what it was for. */
function proven(context: Context, intent: PaymentIntent | SetupIntent): void {
  if (!isSetup(intent)) {
    move(context, 'payment_intent', intent, 'canceled', { canceledAt: Math.floor(context.now / 1000) });
    return;
  }
  const succeeded: SetupIntent = { ...intent, status: 'succeeded' };
  context.store.put('setup_intent', succeeded);
  context.emit('setup_intent.succeeded', rendered(context, 'setup_intent', succeeded));
}

/** The session after it, still open where the customer said no. Throws the bank's refusal of the payment. */
export function authenticateSession(context: Context, intent: PaymentIntent | SetupIntent, yes: boolean): Session {
  const session = must(context, 'checkout.session', intent.session ?? '');
  if (!yes || intent.paymentMethod === null) {
    refused(context, intent);
    return session;
  }
  proven(context, intent);
  const method = must(context, 'payment_method', intent.paymentMethod);
  return complete(context, session, method, intent.promotionCode, true);
}
