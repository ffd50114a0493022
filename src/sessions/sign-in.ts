/** What somebody who signs in has shown, and what comes of it. Pure. */

import type { SubscriptionStatus } from '../contracts/customers.ts';
import type { Failure } from '../contracts/failures.ts';
import type { MemberRole } from '../contracts/route.ts';
import type { SessionBody } from '../contracts/sessions.ts';
import { normaliseEmail } from '../customers/customer.ts';
import { meanings } from '../subscriptions/subscription.ts';

/** One way to sign in. `customerId` chooses among the customers of a person who has several. */
export type Shown =
  | { way: 'password'; email: string; password: string; customerId: string | null }
  | { way: 'link'; link: string; customerId: string | null }
  | { way: 'token'; token: string };

/** The way that a body shows; its schema has seen to it that there is one. The email is normalised. */
export function shownIn({ email, password, admin_token, link, customer_id }: SessionBody): Shown {
  const customerId = customer_id ?? null;
  if (admin_token !== undefined) return { way: 'token', token: admin_token };
  if (link !== undefined) return { way: 'link', link, customerId };
  return { way: 'password', email: normaliseEmail(email ?? ''), password: password ?? '', customerId };
}

/** A member of a customer, as somebody who signs in may be one. */
export interface Membership {
  memberId: string;
  email: string;
  role: MemberRole;
  passwordHash: string | null;
  customerId: string;
  companyName: string;
  status: SubscriptionStatus;
}

/** Whose customer lets anybody in: a deactivated one has no sessions, as it has no keys. */
export const mayEnter = ({ status }: Membership): boolean => meanings[status].accountKeys;

/**
 * Which membership is meant: the only one, or the one of that customer; all of them when one has to be chosen, null when
 * there is none.
 */
export function chosen(
  memberships: readonly Membership[],
  customerId: string | null,
): Membership | readonly Membership[] | null {
  const meant = customerId === null ? memberships : memberships.filter((one) => one.customerId === customerId);
  const [first] = meant;
  if (!first) return null;
  return meant.length === 1 ? first : meant;
}

/** One answer to an email that nobody has, a wrong password and a token that does not hold. */
export const signInFailed: Failure<'sign_in_failed'> = {
  code: 'sign_in_failed',
  message: 'that does not sign anybody in',
};

/** One answer to a link that is unknown, used, or too old. */
export const linkInvalid: Failure<'link_invalid'> = {
  code: 'link_invalid',
  message: 'this link does not sign in, or not any more; have a new one mailed',
};
