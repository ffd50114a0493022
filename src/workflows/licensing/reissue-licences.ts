/**
 * Cron issues the licences anew whose signing key has left LICENSE_PRIVATE_KEYS, because nothing can sign them again. A licence
 * whose key is still there stays: an instance may verify with that key's PEM alone. A revoked licence is not issued; what its
 * customer changes meanwhile is settled by the batch's guard.
 */
import { notFound } from '../../contracts/failures.ts';
import type { LicenceClaims } from '../../contracts/licences.ts';
import { findWhole, type WholeCustomer } from '../../customers/store.ts';
import { err, ok } from '../../lib/result.ts';
import { licensedUntil } from '../../licences/licence.ts';
import * as licenceStore from '../../licences/store.ts';
import { currentPeriod } from '../billing/current-period.ts';
import { type Context, carryOut, type Planned } from '../deed.ts';
import { each } from '../each.ts';
import { issueLicence, licenceSubject } from './issue-licence.ts';

/** Of one tick: a signature takes about a millisecond, a batch some more. */
const perTick = 300;
const atOnce = 8;

/** Issues what is due. @returns how many licences */
export async function reissueLicences(context: Context): Promise<number> {
  const { keys } = await context.keyring();
  const kids = keys.map(({ kid }) => kid);
  const due = await licenceStore.findOfGoneKeys(context.db, kids, perTick);
  const done = await each(due, (customerId) => carryOut(context, () => planReissue(context, customerId)), {
    log: context.log,
    what: 'issuing a licence under a new key',
    named: (customerId) => ({ customer_id: customerId }),
    atOnce,
  });
  return done.filter((outcome) => outcome.ok).length;
}

async function planReissue(context: Context, customerId: string): Promise<Planned<null>> {
  // The licence before the customer: whatever changes a customer issues one, and the guard sees that of what comes in between.
  const row = await licenceStore.newest(context.db, customerId);
  const whole = await findWhole(context.db, customerId);
  if (!whole || !row || row.revokedAt !== null) return err(notFound);
  const licence = await reissued(context, whole, row.claims);
  return ok({
    value: null,
    writes: [licenceStore.guardInForce(row.jti), ...licence.writes],
    audit: [{ action: 'licence.reissued', subject: customerId, details: { jti: licence.claims.jti } }],
  });
}

/** A licence that says what the customer's last one said, of the running period. */
export const reissued = async (context: Context, whole: WholeCustomer, last: LicenceClaims | null) =>
  await issueLicence(context, 'renewed', await subjectNow(context, whole, last));

/** What a new licence says of a customer whose last one had these claims. */
export async function subjectNow({ db, now }: Context, whole: WholeCustomer, last: LicenceClaims | null) {
  const { customer, subscription } = whole;
  const period = await currentPeriod(db, { id: customer.id, status: subscription.status }, now);
  return licenceSubject(whole, licensedUntil(subscription.interval, last, period.end));
}
