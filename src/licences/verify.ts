/** The verdict on a presented licence, as ordered guards with stable codes (POST /api/licenses/validate). */
import { errors, importJWK, type JWK, jwtVerify } from 'jose';
import { type LicenceClaims, licenceClaims } from '../contracts/licences.ts';
import { licenceAudience } from './licence.ts';

export type Verdict =
  | { valid: true; code: 'valid'; decoded: LicenceClaims }
  | { valid: false; code: 'malformed' | 'unknown_key' | 'bad_signature' | 'expired' | 'wrong_claims' };

/**
 * Checks signature, algorithm, key id, issuer, audience and life. jose accepts tokens without `exp` or `kid` unless told
 * otherwise: both are required here.
 */
export async function verifyLicence(token: string, jwks: { keys: JWK[] }, issuer: string, now: Date): Promise<Verdict> {
  try {
    const { payload } = await jwtVerify(
      token,
      async (header) => {
        const jwk = header.kid === undefined ? undefined : jwks.keys.find((k) => k.kid === header.kid);
        if (!jwk) throw new errors.JWKSNoMatchingKey();
        return await importJWK(jwk, 'RS256');
      },
      {
        algorithms: ['RS256'],
        issuer,
        audience: licenceAudience,
        requiredClaims: ['iss', 'aud', 'sub', 'iat', 'exp', 'jti'],
        currentDate: now,
      },
    );
    const claims = licenceClaims.safeParse(payload);
    return claims.success
      ? { valid: true, code: 'valid', decoded: claims.data }
      : { valid: false, code: 'wrong_claims' };
  } catch (error) {
    return { valid: false, code: codeOf(error) };
  }
}

function codeOf(error: unknown): Exclude<Verdict, { valid: true }>['code'] {
  if (error instanceof errors.JWKSNoMatchingKey) return 'unknown_key';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad_signature';
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return 'wrong_claims';
  return 'malformed';
}
