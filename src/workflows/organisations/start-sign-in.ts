/**
 * Begins a sign-in at an issuer. What has to be known when the browser comes back is sealed and given to the browser
 * itself: nothing is stored for somebody who may never come back.
 */
import { z } from 'zod';
import type { SignInFault } from '../../contracts/sign-in.ts';
import { parseJson } from '../../lib/json.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { minuteMs } from '../../lib/time.ts';
import { findBySlug } from '../../organisations/store.ts';
import { callbackUrl, returnPath } from '../../sessions/oidc-addresses.ts';
import type { Context } from '../deed.ts';
import { authorizationUrl } from './exchange-code.ts';
import { organisationParty, staffParty } from './party.ts';

/** A sign-in has to be finished within this, ms. */
export const signInMs = 10 * minuteMs;
const secretBytes = 32;

const begun = z.object({
  version: z.literal(1),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** Where the browser was sent: the code is exchanged there or nowhere. */
  issuer: z.string(),
  /** Null: staff. */
  organisation: z.object({ id: z.string(), slug: z.string() }).nullable(),
  returnTo: z.string(),
  /** The session that the browser had, which ends: the issuer's redirect brings no SameSite=Strict cookie back. */
  session: z.string().nullable().default(null),
  until: z.number(),
});
/** A sign-in that has begun, as the browser carries it. */
export type Begun = z.infer<typeof begun>;

export interface StartInput {
  /** A slug; undefined: staff. */
  organisation: string | undefined;
  returnTo: string | undefined;
  /** The session that the request came by; null without one. */
  currentId: string | null;
}

export interface Started {
  /** The issuer's address that the browser goes to. */
  location: string;
  /** What the browser brings back. */
  sealed: string;
}

export async function startSignIn(
  context: Context,
  { organisation: slug, returnTo, currentId }: StartInput,
): Promise<Result<Started, SignInFault>> {
  const { db, now, random, sealer, settings } = context;
  const party =
    slug === undefined ? await staffParty(context) : await organisationParty(context, await findBySlug(db, slug));
  if (!party.ok) return party;
  const secret = () => Buffer.from(random(secretBytes)).toString('base64url');
  const binding = { state: secret(), nonce: secret(), verifier: secret() };
  const { value } = party;
  const state: Begun = {
    version: 1,
    ...binding,
    issuer: value.client.metadata.issuer,
    organisation: value.kind === 'organisation' ? { id: value.organisation.id, slug: value.organisation.slug } : null,
    returnTo: returnPath(returnTo),
    session: currentId,
    until: now + signInMs,
  };
  return ok({
    location: await authorizationUrl(value.client, callbackUrl(settings.publicUrl), binding),
    sealed: await sealer.seal('sign-in', '', JSON.stringify(state)),
  });
}

/** What a browser brings back, if it is ours and not too old. */
export async function openBegun(
  { sealer, now }: Pick<Context, 'sealer' | 'now'>,
  sealed: string | null,
): Promise<Result<Begun, 'expired'>> {
  const text = sealed === null ? null : await sealer.open('sign-in', '', sealed);
  const read = begun.safeParse(text === null ? null : parseJson(text));
  return read.success && read.data.until > now ? ok(read.data) : err('expired');
}
