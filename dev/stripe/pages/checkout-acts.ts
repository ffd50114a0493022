/** What Checkout's form does: the address for tax, the promotion code that was typed, and then the card. */
import { updateCustomer } from '../acts/customers.ts';
import { codeByText, codeProblem } from '../acts/discounts.ts';
import { type Completed, payInCheckout } from '../acts/sessions.ts';
import type { Context } from '../context.ts';
import { refuse } from '../errors.ts';
import type { Session } from '../objects/session.ts';
import { must } from '../wires.ts';
import { cardChosen } from './cards.ts';

/** The code's id, null where none was typed. */
function codeOf(context: Context, session: Session, typed: string): string | null {
  if (typed === '' || session.allowPromotionCodes !== true) return null;
  const code = codeByText(context, typed);
  if (code === null) return refuse('This code is invalid.', 'promotion_code_invalid', 'promotion_code');
  const problem = codeProblem(context, code, session.customer);
  return problem === null ? code.id : refuse(problem, 'promotion_code_invalid', 'promotion_code');
}

const noAddress = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };

function takeAddress(context: Context, session: Session, form: URLSearchParams): void {
  const country = form.get('country');
  if (country === null) return;
  const customer = must(context, 'customer', session.customer);
  const address = { ...noAddress, country, postal_code: form.get('postal_code')?.trim() || null };
  updateCustomer(context, customer, { ...customer, address });
}

/** Throws Refusal: the session is over, the code or the card is not taken. */
export function payInCheckoutWithForm(context: Context, session: Session, form: URLSearchParams): Completed {
  if (session.status !== 'open') refuse('This page is over: nothing more is bought here.');
  const { number } = cardChosen(form);
  const code = codeOf(context, session, form.get('promotion_code')?.trim() ?? '');
  takeAddress(context, session, form);
  return payInCheckout(context, session, number, code);
}
