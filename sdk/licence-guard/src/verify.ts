/**
 * The verdict on a licence, offline, as ordered guards with stable codes. Owns what makes a licence count; holds nothing and
 * asks nobody. The server's own verifier keeps to the same table of cases.
 */
import { type LicenceClaims, readClaims } from './core/claims.ts';
import type { Revocations } from './core/revocations.ts';
import { readSigned } from './core/signed.ts';
import type { KeySet } from './keys.ts';

export type { Entitlement, LicenceClaims } from './core/claims.ts';

/** In the order in which they are found. */
export const faults = [
  'malformed',
  'unknown_key',
  'bad_signature',
  'wrong_claims',
  'expired',
  'unknown_licence',
  'revoked',
] as const;
export type Fault = (typeof faults)[number];

/** A licence whose signature and form are good, whether or not it still counts. */
export interface SignedLicence {
  token: string;
  kid: string;
  claims: LicenceClaims;
}

export type Verdict = { valid: true; code: 'valid'; claims: LicenceClaims } | { valid: false; code: Fault };

/** What a verdict is about beside the licence itself. */
export interface VerdictOptions {
  /** The API's public URL, as the licence names it. */
  issuer: string;
  /** Whose licence it must be; absent: anybody's. */
  customerId?: string;
  /** Milliseconds since the epoch; absent: now. */
  now?: number;
}

const kind = 'jwt';
/** The API takes none that is longer. */
const bytesMax = 16_384;
const secondMs = 1000;

/** Media types may be written with their prefix (RFC 7515 §4.1.9). */
const isLicenceKind = (typ: string | null): boolean => typ?.toLowerCase().replace(/^application\//, '') === kind;

/** Reads what no time changes: signature, key and claims. */
export async function readLicence(token: string, keys: KeySet, issuer: string): Promise<SignedLicence | Fault> {
  const signed = await readSigned(token, keys, bytesMax);
  if (typeof signed === 'string') return signed;
  // Statements and lists are signed too; neither is a licence.
  if (!isLicenceKind(signed.typ)) return 'wrong_claims';
  const claims = readClaims(signed.payload, issuer);
  return claims ? { token, kid: signed.kid, claims } : 'wrong_claims';
}

/** Whether a licence counts at a moment (ms) for a customer, as far as a list says. */
export function judge(
  { kid, claims }: SignedLicence,
  customerId: string | null,
  now: number,
  revoked: Pick<Revocations, 'jtis' | 'kids'> | null,
): 'valid' | Fault {
  if (claims.exp * secondMs <= now) return 'expired';
  if (customerId !== null && claims.sub !== customerId) return 'unknown_licence';
  if (revoked?.jtis.has(claims.jti) || revoked?.kids.has(kid)) return 'revoked';
  return 'valid';
}

/** The verdict on a licence, without a list of revocations. */
export async function verifyLicence(token: string, keys: KeySet, options: VerdictOptions): Promise<Verdict> {
  const licence = await readLicence(token, keys, options.issuer);
  if (typeof licence === 'string') return { valid: false, code: licence };
  const code = judge(licence, options.customerId ?? null, options.now ?? Date.now(), null);
  return code === 'valid' ? { valid: true, code, claims: licence.claims } : { valid: false, code };
}
