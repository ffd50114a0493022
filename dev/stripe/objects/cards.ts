/** The test cards, as data: https://docs.stripe.com/testing. Owns what a bank says to each; knows no intent and no invoice. */

export type Decline = { code: string; declineCode: string; message: string };
export type Card = {
  number: string;
  brand: string;
  /** What a bank says when the card is put on file; null: nothing. */
  onAttach: Decline | null;
  /** What it says to a charge; null: it pays. */
  onCharge: Decline | null;
  /** `setup`: authentication once, after which it pays while the customer is away. `always`: each time. */
  authentication: 'none' | 'setup' | 'always';
  /** The names under which Stripe's documents have it, without `pm_card_` or `tok_`. */
  names: readonly string[];
};

const declined: Decline = { code: 'card_declined', declineCode: 'generic_decline', message: 'Your card was declined.' };
const noFunds: Decline = {
  code: 'card_declined',
  declineCode: 'insufficient_funds',
  message: 'Your card has insufficient funds.',
};
const expired: Decline = { code: 'expired_card', declineCode: 'expired_card', message: 'Your card has expired.' };

const plain = { brand: 'visa', onAttach: null, onCharge: null, authentication: 'none' } as const;

export const cards: readonly Card[] = [
  { ...plain, number: '4242424242424242', names: ['visa'] },
  { ...plain, number: '5555555555554444', brand: 'mastercard', names: ['mastercard'] },
  { ...plain, number: '4000000000000341', onCharge: declined, names: ['chargeCustomerFail'] },
  {
    ...plain,
    number: '4000000000000002',
    onAttach: declined,
    onCharge: declined,
    names: ['chargeDeclined', 'visa_chargeDeclined'],
  },
  {
    ...plain,
    number: '4000000000009995',
    onAttach: noFunds,
    onCharge: noFunds,
    names: ['chargeDeclinedInsufficientFunds', 'visa_chargeDeclinedInsufficientFunds'],
  },
  {
    ...plain,
    number: '4000000000000069',
    onAttach: expired,
    onCharge: expired,
    names: ['chargeDeclinedExpiredCard', 'visa_chargeDeclinedExpiredCard'],
  },
  { ...plain, number: '4000002500003155', authentication: 'setup', names: ['authenticationRequiredOnSetup'] },
  { ...plain, number: '4000002760003184', authentication: 'always', names: ['authenticationRequired'] },
  { ...plain, number: '4000000000003184', authentication: 'always', names: [] },
];

export const cardByNumber = (number: string): Card | null =>
  cards.find((card) => card.number === number.replace(/[\s-]/g, '')) ?? null;

/** By one of Stripe's test names: `pm_card_visa`, `tok_visa`. */
export function cardByName(name: string): Card | null {
  const [, short] = /^(?:pm_card_|tok_)(.+)$/.exec(name) ?? [];
  return short === undefined ? null : (cards.find(({ names }) => names.includes(short)) ?? null);
}

export type Bank = { kind: 'paid' } | { kind: 'action' } | { kind: 'declined'; decline: Decline };

/** What the bank says to a charge. @param proven the customer has authenticated this payment, or for `setup` the card before */
export function askBank(card: Card, proven: { now: boolean; before: boolean }): Bank {
  const asks = card.authentication === 'always' ? !proven.now : !proven.now && !proven.before;
  if (card.authentication !== 'none' && asks) return { kind: 'action' };
  return card.onCharge === null ? { kind: 'paid' } : { kind: 'declined', decline: card.onCharge };
}
