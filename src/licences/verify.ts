/** The verdict on a presented licence, as ordered guards with stable codes (POST /api/licenses/validate). */
import { errors, type JWK, jwtVerify } from 'jose';
import { type LicenceClaims, licenceClaims } from '../contracts/licences.ts';
import { licenceTyp } from './keyring.ts';
import { licenceAudience } from './licence.ts';

export type Verdict =
  | { valid: true; code: 'valid'; decoded: LicenceClaims }
  | { valid: false; code: 'malformed' | 'unknown_key' | 'bad_signature' | 'expired' | 'wrong_claims' };

/**
 * Codes in their order: `malformed`, `unknown_key`, `bad_signature`, `wrong_claims`, `expired`. Checks signature, algorithm, key id, issuer, audience and life. jose accepts tokens without `exp` or `kid` unless told
 * otherwise: both are required here.
 */
export async function verifyLicence(token: string, jwks: { keys: JWK[] }, issuer: string, now: Date): Promise<Verdict> {
  try {
    const { payload } = await jwtVerify(
      token,
      (header) => {
        const jwk = header.kid === undefined ? undefined : jwks.keys.find((k) => k.kid === header.kid);
        if (!jwk) throw new errors.JWKSNoMatchingKey();
        // jose imports it once and remembers it by this object.
        return jwk;
      },
      {
        algorithms: ['RS256'],
        issuer,
        audience: licenceAudience,
        // What else these keys sign (revocations.ts) is no licence.
        typ: licenceTyp,
        requiredClaims: ['iss', 'aud', 'sub', 'iat', 'exp', 'jti'],
        currentDate: now,
      },
    );
    const claims = licenceClaims.safeParse(payload);
    return claims.success ? { valid: true, code: 'valid', decoded: claims.data } : refuse('wrong_claims');
  } catch (error) {
    return refuse(codeOf(error));
  }
}

const refuse = <C extends Exclude<Verdict, { valid: true }>['code']>(code: C) => ({ valid: false, code }) as const;

function codeOf(error: unknown): Exclude<Verdict, { valid: true }>['code'] {
  if (error instanceof errors.JWKSNoMatchingKey) return 'unknown_key';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad_signature';
  // jose looks at the life before the rest of the claims is looked at here.
  if (error instanceof errors.JWTExpired) {
    return licenceClaims.safeParse(error.payload).success ? 'expired' : 'wrong_claims';
  }
  if (error instanceof errors.JWTClaimValidationFailed) return 'wrong_claims';
  return 'malformed';
}
