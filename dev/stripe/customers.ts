/** A Stripe customer: which parameters make one, and its shape on the wire. Pure. */
import { invalid, type StripeError } from './errors.ts';
import type { Form } from './form.ts';

export type Customer = {
  id: string;
  /** Unix time in seconds. */
  created: number;
  email: string | null;
  name: string | null;
  description: string | null;
  phone: string | null;
  metadata: Record<string, string>;
};
export type CustomerInput = Omit<Customer, 'id' | 'created'>;

const TEXT_FIELDS = ['email', 'name', 'description', 'phone'];
// https://docs.stripe.com/api/customers/create and https://docs.stripe.com/metadata
const EMAIL_CHARACTERS_MAX = 512;
const METADATA_KEYS_MAX = 50;
const METADATA_KEY_CHARACTERS_MAX = 40;
const METADATA_VALUE_CHARACTERS_MAX = 500;

function metadataProblem(metadata: Map<string, string>): StripeError | null {
  if (metadata.size > METADATA_KEYS_MAX) return invalid(`Metadata can have at most ${METADATA_KEYS_MAX} keys`);
  for (const [key, value] of metadata) {
    const param = `metadata[${key}]`;
    if (key.length > METADATA_KEY_CHARACTERS_MAX)
      return invalid('Metadata keys can have up to 40 characters', undefined, param);
    if (value.length > METADATA_VALUE_CHARACTERS_MAX) {
      return invalid('Metadata values can have up to 500 characters', undefined, param);
    }
  }
  return null;
}

/** What a create call asks for, or Stripe's refusal. Parameters that the stand-in lacks are refused, never ignored. */
export function readCustomer({ fields, nested }: Form): CustomerInput | StripeError {
  const unknown = [...fields.keys()].find((name) => !TEXT_FIELDS.includes(name));
  const unknownGroup = [...nested.keys()].find((name) => name !== 'metadata');
  const surplus = unknown ?? unknownGroup;
  if (surplus !== undefined) return invalid(`Received unknown parameter: ${surplus}`, 'parameter_unknown', surplus);
  const metadata = nested.get('metadata') ?? new Map<string, string>();
  const problem = metadataProblem(metadata);
  if (problem !== null) return problem;
  const email = fields.get('email') || null;
  if (email !== null && (email.length > EMAIL_CHARACTERS_MAX || !/^[^\s@]+@[^\s@]+$/.test(email))) {
    return invalid(`Invalid email address: ${email}`, 'email_invalid', 'email');
  }
  return {
    email,
    name: fields.get('name') || null,
    description: fields.get('description') || null,
    phone: fields.get('phone') || null,
    metadata: Object.fromEntries([...metadata].filter(([, value]) => value !== '')),
  };
}

export const toWire = (customer: Customer) => ({
  id: customer.id,
  object: 'customer',
  address: null,
  balance: 0,
  created: customer.created,
  currency: null,
  default_source: null,
  delinquent: false,
  description: customer.description,
  discount: null,
  email: customer.email,
  invoice_prefix: customer.id.slice(-8).toUpperCase(),
  invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
  livemode: false,
  metadata: customer.metadata,
  name: customer.name,
  next_invoice_sequence: 1,
  phone: customer.phone,
  preferred_locales: [],
  shipping: null,
  tax_exempt: 'none',
  test_clock: null,
});
