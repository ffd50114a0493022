/** Checkout's page: what is bought, a card, a promotion code, and back to the seller either way. Owns its words and fields. */
import type { Context } from '../context.ts';
import type { Price } from '../objects/product.ts';
import type { Session } from '../objects/session.ts';
import { taxIdTypes } from '../objects/tax-id.ts';
import { must } from '../wires.ts';
import { cardFields } from './cards.ts';
import { day, type Html, html, money } from './html.ts';

const every = ({ recurring }: Price): string => {
  if (recurring === null) return '';
  return recurring.count === 1 ? ` a ${recurring.interval}` : ` every ${recurring.count} ${recurring.interval}s`;
};

function itemLine(context: Context, { price: id, quantity }: Session['items'][number]): Html {
  const price = must(context, 'price', id);
  const { name } = must(context, 'product', price.product);
  const amount = `${money(Number(price.unitAmount), price.currency)}${every(price)}`;
  if (quantity === null) return html`<li>${name}: ${amount} for each unit of use</li>`;
  return html`<li>${quantity === 1 ? null : `${quantity} × `}${name}: ${amount}</li>`;
}

const countries = ['AT', 'CH', 'DE', 'FR', 'GB', 'US'];

const addressFields = (): Html => html`<fieldset>
<legend>Billing address</legend>
<p><label>Country <select name="country">${countries.map((code) => html`<option>${code}</option>`)}</select></label></p>
<p><label>Postal code <input name="postal_code" autocomplete="off"></label></p>
</fieldset>`;

const taxIdFields = (): Html => html`<fieldset>
<legend>Tax ID, for a company</legend>
<p><label>Kind <select name="tax_id_type">${taxIdTypes.map((type) => html`<option>${type}</option>`)}</select></label></p>
<p><label>Number <input name="tax_id" autocomplete="off"></label></p>
</fieldset>`;

const promotionField = (): Html =>
  html`<p><label>Promotion code <input name="promotion_code" autocomplete="off"></label></p>`;

/** @param problem why the form that was sent was not taken */
export function checkoutPage(context: Context, session: Session, problem: string | null): Html {
  if (session.status !== 'open') return html`<p>This page is over: nothing more is bought here.</p>`;
  const { email } = must(context, 'customer', session.customer);
  const { trialEnd } = session.data;
  const asksAddress = session.takesAddress && (session.automaticTax || session.addressCollection === 'required');
  return html`${problem === null ? null : html`<p role="alert">${problem}</p>`}
<ul>
${session.items.map((item) => itemLine(context, item))}
</ul>
${trialEnd === null ? null : html`<p>Free until ${day(trialEnd)}; the card is charged then.</p>`}
${email === null ? null : html`<p>For ${email}</p>`}
<form method="post" action="/checkout/${session.id}">
${cardFields()}
${asksAddress ? addressFields() : null}
${session.taxIdCollection ? taxIdFields() : null}
${session.allowPromotionCodes === true ? promotionField() : null}
<p><button>${trialEnd === null ? 'Subscribe' : 'Start the trial'}</button></p>
</form>
${session.cancelUrl === null ? null : html`<p><a href="${session.cancelUrl}">Back, without subscribing</a></p>`}`;
}

/** The seller's address with the session's id in its place. */
export const successUrlOf = ({ successUrl, id }: Session): string => successUrl.replaceAll('{CHECKOUT_SESSION_ID}', id);
