/**
 * The licence in force, signed again from its stored claims. When its key has left the set, or its claims are no longer
 * what plan and period say (a new period began), a new one is issued; otherwise a read changes nothing.
 */
import { type Failure, notFound } from '../../contracts/failures.ts';
import type { LicenceClaims } from '../../contracts/licences.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import { commit } from '../../db/client.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { iso } from '../../lib/time.ts';
import { sign } from '../../licences/keyring.ts';
import * as licenceStore from '../../licences/store.ts';
import { featuresOf } from '../../pricing/features.ts';
import { currentPeriod } from '../billing/current-period.ts';
import type { Context } from '../deed.ts';
import { issueLicence } from './issue-licence.ts';

/** The token and claims of the customer's licence in force. A revoked one is refused. */
export async function currentLicence(
  context: Context,
  whole: WholeCustomer,
): Promise<Result<{ token: string; claims: LicenceClaims }, Failure>> {
  const { db, now } = context;
  const customerId = whole.customer.id;
  const row = await licenceStore.newest(db, customerId);
  if (!row) return err(notFound);
  if (row.revokedAt !== null)
    return err({ code: 'licence_revoked', message: "the customer's licence has been revoked" });
  const period = await currentPeriod(db, whole.customer, now);
  if (row.claims.subscription.currentPeriodEndsAt === iso(period.end)) {
    const signed = await sign(await context.keyring(), row.claims, row.kid);
    if (signed) return ok({ token: signed.token, claims: row.claims });
  }
  const { plan, status, trialEndsAt } = whole.subscription;
  const issued = await issueLicence(context, 'renewed', {
    customerId,
    companyName: whole.customer.companyName,
    plan,
    status,
    trialEndsAt,
    periodEndsAt: period.end,
    features: featuresOf(plan, status),
  });
  await commit(db, [issued.write]);
  return ok({ token: issued.token, claims: issued.claims });
}
