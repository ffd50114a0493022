/** Who asks about a subscription that the body names: whose it may be, and which plans may be chosen. Pure. */
import type { Failure } from '../contracts/failures.ts';
import { boundCustomer, type Principal } from '../credentials/principal.ts';
import { err, ok, type Result } from '../lib/result.ts';

/** The customer of the body, where the caller may speak for it. */
export function customerNamed(principal: Principal, customerId: string): Result<string, Failure> {
  const bound = boundCustomer(principal);
  return bound === null || bound === customerId
    ? ok(customerId)
    : err({ code: 'customer_mismatch', message: 'customer_id: is not the customer of this key' });
}

/** The plans that the caller may choose: an operator any that is sold, others what anybody may sign up for. */
export const offeredTo = (
  principal: Principal,
  signupPlans: readonly string[] | 'all' | undefined,
): readonly string[] | 'all' | null => (principal.kind === 'admin' ? 'all' : (signupPlans ?? null));
