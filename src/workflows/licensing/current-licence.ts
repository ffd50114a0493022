/**
 * The licence in force, signed again from its stored claims. When its key has left the set, or its claims are no longer
 * what plan and period say (a new period began), a new one is issued; otherwise a read changes nothing.
 */
import { record } from '../../audit/store.ts';
import type { LicenceClaims } from '../../contracts/licences.ts';
import { findCustomer, findWhole } from '../../customers/store.ts';
import { commit } from '../../db/client.ts';
import type { Write } from '../../db/write.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { iso } from '../../lib/time.ts';
import { type Keyring, sign } from '../../licences/keyring.ts';
import * as licenceStore from '../../licences/store.ts';
import { featuresOf } from '../../pricing/features.ts';
import { currentPeriod } from '../billing/current-period.ts';
import type { Deps } from '../deps.ts';
import { issueLicence } from './issue-licence.ts';

export type LicenceFailure = { code: 'not_found' | 'licence_revoked'; message: string };

const missing: LicenceFailure = { code: 'not_found', message: 'there is nothing here, or not for you' };

/** The token and claims of the customer's licence in force. A revoked one is refused. */
export async function currentLicence(
  deps: Deps,
  settings: { issuer: string; keyring: Keyring },
  customerId: string,
): Promise<Result<{ token: string; claims: LicenceClaims }, LicenceFailure>> {
  const { db, now } = deps;
  const whole = await findWhole(db, customerId);
  const row = await licenceStore.newest(db, customerId);
  if (!whole || !row) return err(missing);
  if (row.revokedAt !== null)
    return err({ code: 'licence_revoked', message: "the customer's licence has been revoked" });
  const period = await currentPeriod(db, whole.customer, now);
  if (row.claims.subscription.currentPeriodEndsAt === iso(period.end)) {
    const signed = await sign(settings.keyring, row.claims, row.kid);
    if (signed) return ok({ token: signed.token, claims: row.claims });
  }
  const { plan, status, trialEndsAt } = whole.subscription;
  const issued = await issueLicence(deps, settings.keyring, settings.issuer, 'renewed', {
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

/** Revokes all licences of a customer until a change of plan or state issues a new one. */
export async function revokeLicences(
  deps: Deps,
  customerId: string,
  reason: string,
  receipt: () => Promise<Write[]>,
): Promise<Result<null, LicenceFailure>> {
  if (!(await findCustomer(deps.db, customerId))) return err(missing);
  await commit(deps.db, [
    licenceStore.revokeAll(customerId, reason, deps.now),
    record(deps.random, deps.actor, deps.now, {
      action: 'licence.revoked',
      subject: customerId,
      details: { reason },
    }),
    ...(await receipt()),
  ]);
  return ok(null);
}
