/** The part of a form that asks for a test card, and what was chosen there. */
import { refuse } from '../errors.ts';
import { type Card, cardByNumber, cards } from '../objects/cards.ts';
import { type Html, html } from './html.ts';

const inFours = (number: string): string => number.replace(/(.{4})(?=.)/g, '$1 ');

/** What becomes of a payment with it, in words. */
function outcomeOf({ onAttach, onCharge, authentication }: Card): string {
  if (onAttach !== null) return `is declined: ${onAttach.declineCode.replaceAll('_', ' ')}`;
  if (onCharge !== null) return 'is taken, then every payment with it is declined';
  if (authentication === 'setup') return 'pays after 3-D Secure, once';
  return authentication === 'always' ? 'pays after 3-D Secure, each time' : 'pays';
}

export const cardFields = (): Html => html`<fieldset>
<legend>Card</legend>
${cards.map(
  ({ number, ...card }, index) =>
    html`<p><label><input type="radio" name="card" value="${number}"${
      index === 0 ? html` checked` : null
    }> ${inFours(number)} (${card.brand}), ${outcomeOf({ number, ...card })}</label></p>`,
)}
<p><label>Or the number of a test card <input name="number" inputmode="numeric" autocomplete="off" maxlength="23"></label></p>
</fieldset>`;

/** The card of a form; a number that was typed wins. Throws Stripe's refusal of one that is no test card. */
export function cardChosen(form: URLSearchParams): Card {
  const typed = form.get('number')?.trim() ?? '';
  const number = typed === '' ? (form.get('card') ?? '') : typed;
  const card = cardByNumber(number);
  if (card !== null) return card;
  return refuse(`${number} is no test card: this machine takes no other.`, 'incorrect_number', 'number');
}
