/** An invoice's own page (`hosted_invoice_url`): what is asked for, and a card to pay it with. */
import type { Context } from '../context.ts';
import { amountDueOf, type Invoice } from '../objects/invoice.ts';
import { must, totalsOfInvoice } from '../wires.ts';
import { cardFields } from './cards.ts';
import { day, type Html, html, money } from './html.ts';

const canBePaid = ({ status }: Invoice): boolean => status === 'open' || status === 'uncollectible';

/** @param problem why it was not paid */
export function invoicePage(context: Context, invoice: Invoice, problem: string | null): Html {
  const totals = totalsOfInvoice(context, invoice);
  const { currency, number, status, dueDate } = invoice;
  const { name, email } = must(context, 'customer', invoice.customer);
  const due = status === 'paid' ? 0 : amountDueOf(invoice, totals) - invoice.amountPaid;
  const discount = totals.discounts.reduce((sum, { amount }) => sum + amount, 0);
  return html`${problem === null ? null : html`<p role="alert">${problem}</p>`}
<p>${number ?? invoice.id}, ${status}${dueDate === null ? null : `, due on ${day(dueDate)}`}</p>
<p>For ${name ?? email ?? invoice.customer}</p>
<table>
<thead><tr><th>What</th><th>Amount</th></tr></thead>
<tbody>
${invoice.lines.map(
  ({ description, amount }) => html`<tr><td>${description ?? ''}</td><td>${money(amount, currency)}</td></tr>`,
)}
</tbody>
<tfoot>
${discount === 0 ? null : html`<tr><td>Discount</td><td>${money(-discount, currency)}</td></tr>`}
${totals.tax === 0 ? null : html`<tr><td>Tax</td><td>${money(totals.tax, currency)}</td></tr>`}
<tr><td>Total</td><td>${money(totals.total, currency)}</td></tr>
<tr><td>To pay</td><td>${money(due, currency)}</td></tr>
</tfoot>
</table>
${
  canBePaid(invoice)
    ? html`<form method="post" action="/invoice/${invoice.id}">
${cardFields()}
<p><button>Pay ${money(due, currency)}</button></p>
</form>`
    : null
}`;
}
