/** The page of the bank: is it you? Owns its words; what follows is the intent's. */
import type { PaymentIntent, SetupIntent } from '../objects/intent.ts';
import { type Html, html, money } from './html.ts';

/** @param problem what became of an answer that led nowhere */
export function threeDSecurePage(intent: PaymentIntent | SetupIntent, problem: string | null): Html {
  const told = problem === null ? null : html`<p role="alert">${problem}</p>`;
  if (intent.status !== 'requires_action') return html`${told}<p>Your bank asks nothing any more.</p>`;
  const what =
    'amount' in intent
      ? html`<p>Your bank asks whether you pay ${money(intent.amount, intent.currency)}.</p>`
      : html`<p>Your bank asks whether this card may be charged later.</p>`;
  return html`${told}${what}
<form method="post">
<p><button name="answer" value="yes">Yes, it is me</button> <button name="answer" value="no">No, refuse it</button></p>
</form>`;
}
