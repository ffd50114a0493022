/** Step one of `signup-workflow`: the account, its key, and a licence that verifies offline as an instance would do it. */
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import type { SignupAnswer } from '../../src/contracts/customers.ts';
import { licenceClaims } from '../../src/contracts/licences.ts';
import { signUp } from '../../src/contracts/routes/customers.ts';
import { readKeySet } from '../../src/contracts/routes/licences.ts';
import { err, ok, type Result } from '../../src/lib/result.ts';
import { iso } from '../../src/lib/time.ts';
import type { Api } from '../api.ts';
import type { Failure } from '../failure.ts';
import { minuteOf } from '../format/amounts.ts';
import type { Tell } from './story.ts';

export interface Applicant {
  email: string;
  company: string;
  plan?: string;
}

/** Signs up and checks what came back. */
export async function signUpAndCheck(api: Api, who: Applicant, tell: Tell): Promise<Result<SignupAnswer, Failure>> {
  tell({
    step: 'signup',
    message: `${who.company} <${who.email}> signs up${who.plan === undefined ? '' : ` for ${who.plan}`} at ${api.url}`,
  });
  const made = await api.call(signUp, {
    body: {
      email: who.email,
      company_name: who.company,
      ...(who.plan === undefined ? {} : { plan: who.plan }),
    },
  });
  if (!made.ok) return made;
  if ('verification' in made.value) return err(heldBack(made.value.verification.sent_to));
  const { customer, subscription, deployment, api_key: apiKey } = made.value;
  const trial = subscription.trial_ends_at === null ? '' : ` until ${minuteOf(subscription.trial_ends_at)} UTC`;
  tell({
    step: 'signup',
    message: `account ${customer.customer_id}, ${subscription.plan}, ${subscription.status}${trial}`,
    data: { customer, subscription, deployment },
  });
  tell({ step: 'signup', message: `account key ${apiKey} (shown this once only)`, data: { api_key: apiKey } });
  const licence = await checkLicence(api, made.value, tell);
  return licence.ok ? ok(made.value) : licence;
}

/** The workflow reads no mailbox. */
const heldBack = (email: string): Failure => ({
  kind: 'failed',
  message: `the API makes an account when the link that it has mailed to ${email} is opened (SIGNUP_VERIFICATION=email)`,
});

async function checkLicence(api: Api, made: SignupAnswer, tell: Tell): Promise<Result<void, Failure>> {
  const keys = await api.call(readKeySet, {});
  if (!keys.ok) return keys;
  const bad = (why: string) => err<Failure>({ kind: 'failed', message: `the licence does not verify: ${why}` });
  try {
    const verified = await jwtVerify(made.license.jwt, createLocalJWKSet(keys.value as JSONWebKeySet), {
      algorithms: ['RS256'],
      audience: 'tenantry-instance',
      subject: made.customer.customer_id,
      requiredClaims: ['iss', 'iat', 'exp', 'jti'],
    });
    const claims = licenceClaims.safeParse(verified.payload);
    if (!claims.success) return bad(`its payload is not ours (${claims.error.issues[0]?.path.join('.')})`);
    const { jti, plan, exp, monitoring } = claims.data;
    const { kid } = verified.protectedHeader;
    const stack = monitoring.dedicated ? 'own monitoring' : 'shared monitoring';
    tell({
      step: 'licence',
      message: `${jti}: ${plan}, ${stack}, until ${minuteOf(iso(exp * 1000))} UTC; verified offline with key ${kid}`,
      data: { licence: claims.data, kid },
    });
    return ok(undefined);
  } catch (error) {
    return bad(error instanceof Error ? error.message : String(error));
  }
}
