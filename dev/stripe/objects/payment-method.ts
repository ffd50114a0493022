/** A test card on file. Pure. */
import type { Wire } from '../wire.ts';
import { type Card, cardByNumber } from './cards.ts';

export type PaymentMethod = {
  id: string;
  created: number;
  customer: string | null;
  number: string;
  /** Authenticated for payments while the customer is away. */
  setUp: boolean;
  metadata: Record<string, string>;
};

const expiryMonth = 12;
const expiryYear = 2034;
const fingerprintCharacters = 16;

/** The card behind it. Throws for a number that is no test card's: none is ever kept. */
export function cardOf({ number }: PaymentMethod): Card {
  const card = cardByNumber(number);
  if (card === null) throw new Error(`${number} is no test card`);
  return card;
}

const noAddress = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
export const billingDetails = { address: noAddress, email: null, name: null, phone: null, tax_id: null };

export const cardWire = (method: PaymentMethod) => {
  const { brand, number } = cardOf(method);
  return {
    brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: 'US',
    exp_month: expiryMonth,
    exp_year: expiryYear,
    fingerprint: Buffer.from(number).toString('base64url').slice(0, fingerprintCharacters),
    funding: 'credit',
    last4: number.slice(-4),
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
};

export const paymentMethodWire = (method: PaymentMethod): Wire =>
  ({
    id: method.id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: billingDetails,
    card: {
      ...cardWire(method),
      display_brand: cardOf(method).brand,
      generated_from: null,
      networks: { available: [cardOf(method).brand], preferred: null },
      regulated_status: 'unregulated',
    },
    created: method.created,
    customer: method.customer,
    customer_account: null,
    livemode: false,
    metadata: method.metadata,
    type: 'card',
  }) as Wire;
