/** The stand-in's pages by their addresses: what each shows, and what its form does in one commit. */
import { authenticateSession } from '../acts/authenticate.ts';
import { notAuthenticated } from '../acts/charge.ts';
import { payInvoice } from '../acts/pay.ts';
import type { Act, Look } from '../assemble.ts';
import type { Context } from '../context.ts';
import { refuse } from '../errors.ts';
import type { PaymentIntent, SetupIntent } from '../objects/intent.ts';
import { must } from '../wires.ts';
import { type Page, pagesArea } from './area.ts';
import { checkoutPage, successUrlOf } from './checkout.ts';
import { payInCheckoutWithForm } from './checkout-acts.ts';
import { invoicePage } from './invoice.ts';
import { bankPage, ledTo, payWithForm } from './payment.ts';
import { portalPage } from './portal.ts';
import { actInPortal } from './portal-acts.ts';
import { threeDSecurePage } from './three-d-secure.ts';

const invoiceAt = (id: string): string => `/invoice/${id}`;

function invoicePages(act: Act, look: Look): Page {
  return {
    path: '/invoice/:id',
    show(id, problem) {
      const context = look();
      const invoice = context.store.get('invoice', id);
      if (invoice === null || invoice.status === 'draft') return null;
      return { title: 'Invoice', body: invoicePage(context, invoice, problem) };
    },
    take: (id, form) =>
      act((context) => ledTo(payWithForm(context, must(context, 'invoice', id), form), invoiceAt(id))),
  };
}

function portalPages(act: Act, look: Look): Page {
  return {
    path: '/portal/:id',
    show(id, problem) {
      const context = look();
      const session = context.store.get('billing_portal.session', id);
      return session === null ? null : { title: 'Billing', body: portalPage(context, session, problem) };
    },
    async take(id, form) {
      await act((context) => actInPortal(context, must(context, 'billing_portal.session', id), form));
      return { goTo: `/portal/${id}` };
    },
  };
}

function checkoutPages(act: Act, look: Look): Page {
  return {
    path: '/checkout/:id',
    show(id, problem) {
      const context = look();
      const session = context.store.get('checkout.session', id);
      if (session === null) return null;
      return { title: 'Checkout', body: checkoutPage(context, session, problem) };
    },
    take: (id, form) =>
      act((context) => {
        const done = payInCheckoutWithForm(context, must(context, 'checkout.session', id), form);
        return { goTo: done.kind === 'action' ? bankPage(done.intent) : successUrlOf(done.session) };
      }),
  };
}

/** The bank's answer to what a Checkout session asked. */
function answerSession(context: Context, intent: PaymentIntent | SetupIntent, yes: boolean) {
  const session = authenticateSession(context, intent, yes);
  if (session.status === 'complete') return { goTo: successUrlOf(session) };
  return { title: 'Checkout', body: checkoutPage(context, session, notAuthenticated.message) };
}

/** The bank's answer to a payment of an invoice. */
function answerPayment(context: Context, intent: PaymentIntent, yes: boolean) {
  const invoice = must(context, 'invoice', intent.invoice ?? '');
  const payment = payInvoice(context, invoice, { method: intent.paymentMethod, authenticated: yes });
  const led = ledTo(payment, invoiceAt(invoice.id));
  return typeof led === 'string' ? { title: 'Invoice', body: invoicePage(context, payment.invoice, led) } : led;
}

function bankPages(act: Act, look: Look): Page {
  const intentOf = ({ store }: Context, id: string) => store.get('payment_intent', id) ?? store.get('setup_intent', id);
  return {
    path: '/3d-secure/:id',
    show(id, problem) {
      const intent = intentOf(look(), id);
      if (intent === null) return null;
      return { title: 'Your bank', body: threeDSecurePage(intent, problem) };
    },
    take: (id, form) =>
      act((context) => {
        const intent = intentOf(context, id);
        if (intent?.status !== 'requires_action') return refuse('Your bank asks nothing any more.');
        const yes = form.get('answer') === 'yes';
        if ('invoice' in intent && intent.invoice !== null) return answerPayment(context, intent, yes);
        return answerSession(context, intent, yes);
      }),
  };
}

export const standInPages = (act: Act, look: Look, origin: string) =>
  pagesArea([checkoutPages(act, look), invoicePages(act, look), portalPages(act, look), bankPages(act, look)], origin);
