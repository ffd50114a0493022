/**
 * Ends a sign-in at an issuer: the code that the browser comes back with is exchanged, the tokens are held against what we
 * trust, and a session is opened for the person or the admin that they name. It ends when the token does.
 */
import type { SignInFault } from '../../contracts/sign-in.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { findOrganisation, guardIssuer, type OrganisationRow } from '../../organisations/store.ts';
import { endOf, read } from '../../organisations/token.ts';
import { callbackUrl } from '../../sessions/oidc-addresses.ts';
import type { Grant } from '../../sessions/session.ts';
import { hashOfSettings, staffOf } from '../../sessions/staff.ts';
import { end } from '../../sessions/store.ts';
import type { Context, Plan, Planned } from '../deed.ts';
import { type OpenedSession, openSession } from '../open-session.ts';
import { exchangeCode, type Tokens } from './exchange-code.ts';
import { organisationParty, type Party, staffParty } from './party.ts';
import { type Begun, openBegun } from './start-sign-in.ts';
import { claimsOf, type NotVerified, verifyPerson } from './verify-person.ts';

export interface FinishInput {
  /** What the browser brought back of the beginning; null for nothing. */
  sealed: string | null;
  /** The query that the issuer sent the browser back with, with its question mark. */
  query: string;
  /** The session that the request came by, which ends; null without one. */
  currentId: string | null;
}

/** A session, or why there is none: both are pages to the browser. */
export type Finished =
  | { ok: true; session: OpenedSession; returnTo: string }
  | { ok: false; fault: SignInFault; organisation: string | null };

/** Never fails: what did not come about is a value, of which the browser is told. */
export async function finishSignIn(context: Context, input: FinishInput): Promise<Planned<Finished, never>> {
  const begun = await openBegun(context, input.sealed);
  if (!begun.ok) return ok(nothing(begun.error, null));
  const slug = begun.value.organisation?.slug ?? null;
  const organisation = begun.value.organisation
    ? await findOrganisation(context.db, begun.value.organisation.id)
    : null;
  const granted = await grantOf(context, begun.value, organisation, input.query);
  if (!granted.ok) {
    context.log('info', 'a sign-in at an issuer did not come about', { fault: granted.error, organisation: slug });
    return ok(nothing(granted.error, slug));
  }
  const { session, row, stored } = await openSession(context, granted.value);
  const before = new Set([input.currentId, begun.value.session].filter((id) => id !== null));
  return ok({
    value: { ok: true, session, returnTo: begun.value.returnTo },
    writes: [
      // An issuer that is taken away while its answer is asked for opens no session: the removal ends those that are there.
      ...(organisation === null ? [] : [guardIssuer(organisation.id, organisation.issuerSetAt)]),
      ...[...before].map(end),
      stored,
    ],
    audit: [
      {
        action: 'session.opened',
        subject: begun.value.organisation?.id ?? row.owner,
        details: { session_id: row.id, owner: row.owner, by: row.method },
      },
    ],
  });
}

const nothing = (fault: SignInFault, organisation: string | null): Plan<Finished> => ({
  value: { ok: false, fault, organisation },
  writes: [],
  audit: [],
});

type IssuerGrant = Extract<Grant, { kind: 'staff' | 'person' }>;

/** What the issuer's answer proves. */
async function grantOf(
  context: Context,
  begun: Begun,
  organisation: OrganisationRow | null,
  query: string,
): Promise<Result<IssuerGrant, SignInFault>> {
  const callback = new URL(`${callbackUrl(context.settings.publicUrl)}${query}`);
  // Said before the issuer is asked anything: an answer to another beginning is not this browser's.
  if (callback.searchParams.get('state') !== begun.state) return err('expired');
  const party = begun.organisation ? await organisationParty(context, organisation) : await staffParty(context);
  if (!party.ok) return party;
  // An issuer that has taken the place of the one that the browser was sent to is not shown a code of that one (mix-up).
  if (party.value.client.metadata.issuer !== begun.issuer) return err('expired');
  const tokens = await exchangeCode(context.outbound, party.value.client, callback, begun);
  return tokens.ok ? await grantWith(context, party.value, tokens.value) : tokens;
}

const faults: Record<NotVerified, SignInFault> = {
  untrusted: 'failed',
  no_access: 'no_access',
  issuer_away: 'issuer_unavailable',
};
/** Of two tokens' refusals the one that says more. */
const tellingOrder: readonly NotVerified[] = ['issuer_away', 'no_access', 'untrusted'];

/**
 * The grant of the first token that gives one. The access token is what programs send, and has roles in it where the ID
 * token has none (Keycloak); an issuer whose access tokens are no JWTs, or for others, has the ID token, which is ours.
 */
async function grantWith(context: Context, party: Party, tokens: Tokens): Promise<Result<IssuerGrant, SignInFault>> {
  const refusals: NotVerified[] = [];
  for (const by of ['audience', 'clientId'] as const) {
    const token = by === 'audience' ? tokens.accessToken : tokens.idToken;
    const granted =
      party.kind === 'staff' ? await staffGrant(context, party, token, by) : await personGrant(context, token, by);
    if (!granted.ok) {
      refusals.push(granted.error);
      continue;
    }
    const { grant, subject } = granted.value;
    const isTheirs =
      party.kind === 'staff' || (grant.kind === 'person' && grant.organisationId === party.organisation.id);
    if (isTheirs && subject === tokens.subject) return ok(grant);
    refusals.push('untrusted');
  }
  return err(faults[tellingOrder.find((one) => refusals.includes(one)) ?? 'untrusted']);
}

type Granted = Result<{ grant: IssuerGrant; subject: string }, NotVerified>;

async function personGrant(context: Context, token: string, by: 'audience' | 'clientId'): Promise<Granted> {
  const person = await verifyPerson(context, token, by);
  if (!person.ok) return person;
  const { expiresAt, ...who } = person.value;
  return ok({ grant: { kind: 'person', ...who, endsAt: expiresAt }, subject: who.subject });
}

async function staffGrant(
  context: Context,
  { staff, client }: Extract<Party, { kind: 'staff' }>,
  token: string,
  by: 'audience' | 'clientId',
): Promise<Granted> {
  const told = read(token);
  if (told === null) return err('untrusted');
  const expected = { issuer: staff.issuer, audience: client[by], jwksUrl: client.metadata.jwks_uri };
  const claims = await claimsOf(context, token, told, expected);
  if (!claims.ok) return claims;
  const admin = staffOf(staff.roles, claims.value);
  if (admin === null) return err('no_access');
  const grant = { kind: 'staff', ...admin, staffHash: hashOfSettings(staff), endsAt: endOf(claims.value) } as const;
  return ok({ grant, subject: String(claims.value.sub) });
}
