/**
 * A new licence at every change of plan, state, period or key (spec §5, decision 18): signed now, its claims and hash
 * stored in the batch of what changed. A read never issues one.
 */
import type { LicenceClaims } from '../../contracts/licences.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import type { Write } from '../../db/write.ts';
import { hex } from '../../lib/ids.ts';
import { type SignedLicence, sign } from '../../licences/keyring.ts';
import { claimsOf, type LicenceSubject } from '../../licences/licence.ts';
import * as licenceStore from '../../licences/store.ts';
import { featuresOf } from '../../pricing/features.ts';
import type { Context } from '../deed.ts';

export interface IssuedLicence {
  token: string;
  claims: LicenceClaims;
  /** Ends the licence that was in force and stores this one. */
  writes: Write[];
}

const jtiBytes = 16;

/** What a licence says of a customer as it stands. `periodEndsAt` in ms. */
export function licenceSubject(
  { customer, subscription, plan: version }: WholeCustomer,
  periodEndsAt: number,
): LicenceSubject {
  const { plan, status, trialEndsAt } = subscription;
  return {
    customerId: customer.id,
    companyName: customer.companyName,
    plan,
    status,
    trialEndsAt,
    periodEndsAt,
    features: featuresOf(version, subscription),
  };
}

/** Signs a licence for the subject with the key that signs what is new. */
export async function issueLicence(
  context: Context,
  action: licenceStore.LicenceRow['action'],
  subject: LicenceSubject,
): Promise<IssuedLicence> {
  const { claims, signed } = await signLicence(context, subject);
  return { token: signed.token, claims, writes: licenceStore.supersede(action, claims, signed, context.now) };
}

/** A licence for the subject that no statement stores yet. */
export async function signLicence(
  { now, random, settings, keyring }: Context,
  subject: LicenceSubject,
): Promise<{ claims: LicenceClaims; signed: SignedLicence }> {
  const claims = claimsOf(subject, settings.publicUrl, hex(random(jtiBytes)), now);
  const signed = await sign(await keyring(), claims);
  if (!signed) throw new Error('the key set is empty');
  return { claims, signed };
}
