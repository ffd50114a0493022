/** The customer portal: the card, the subscription and its end, invoices. Owns its words; its configuration says what is there. */
import type { Context } from '../context.ts';
import type { PortalSession } from '../objects/portal.ts';
import type { Subscription } from '../objects/subscription.ts';
import { must, totalsOfInvoice } from '../wires.ts';
import { cardFields } from './cards.ts';
import { day, type Html, html, money } from './html.ts';

const endsAt = ({ items }: Subscription): number => Math.max(...items.map(({ end }) => end));

const isOver = ({ status }: Subscription): boolean => status === 'canceled' || status === 'incomplete_expired';

function subscriptionPart(subscription: Subscription, mayCancel: boolean): Html {
  const { id, status, cancelAt, cancelAtPeriodEnd } = subscription;
  const end = cancelAt ?? (cancelAtPeriodEnd ? endsAt(subscription) : null);
  const button = (name: string, words: string) =>
    html`<form method="post"><input type="hidden" name="subscription" value="${id}"><button name="act" value="${name}">${words}</button></form>`;
  const offered = end === null ? button('cancel', `End it on ${day(endsAt(subscription))}`) : button('keep', 'Keep it');
  return html`<section>
<p>Subscription, ${status.replaceAll('_', ' ')}, ${end === null ? `renews on ${day(endsAt(subscription))}` : `ends on ${day(end)}`}</p>
${mayCancel && !isOver(subscription) ? offered : null}
</section>`;
}

function invoicesPart(context: Context, customer: string): Html {
  const invoices = context.store.list('invoice', { customer }).filter(({ status }) => status !== 'draft');
  return html`<section>
<h2>Invoices</h2>
<ul>
${invoices.map((invoice) => {
  const { total } = totalsOfInvoice(context, invoice);
  return html`<li><a href="/invoice/${invoice.id}">${invoice.number ?? invoice.id}</a>, ${day(invoice.created)}, ${money(total, invoice.currency)}, ${invoice.status}</li>`;
})}
</ul>
</section>`;
}

function cardPart(context: Context, customer: string): Html {
  const { defaultPaymentMethod } = must(context, 'customer', customer);
  const card = defaultPaymentMethod === null ? null : must(context, 'payment_method', defaultPaymentMethod);
  return html`<section>
<h2>Card</h2>
<p>${card === null ? 'No card is on file.' : `The card that ends in ${card.number.slice(-4)} pays.`}</p>
<form method="post">
${cardFields()}
<p><button name="act" value="card">Pay with this card from now on</button></p>
</form>
</section>`;
}

/** @param problem why the form that was sent was not taken */
export function portalPage(context: Context, session: PortalSession, problem: string | null): Html {
  const { features } = must(context, 'billing_portal.configuration', session.configuration);
  const subscriptions = context.store.list('subscription', { customer: session.customer });
  return html`${problem === null ? null : html`<p role="alert">${problem}</p>`}
${subscriptions.map((subscription) => subscriptionPart(subscription, features.subscriptionCancel.enabled))}
${features.paymentMethodUpdate ? cardPart(context, session.customer) : null}
${features.invoiceHistory ? invoicesPart(context, session.customer) : null}
${session.returnUrl === null ? null : html`<p><a href="${session.returnUrl}">Back</a></p>`}`;
}
