/**
 * Somebody who signs licences as the API does, and whatever else a forger would. Runs in Node and in workerd. Owns tokens; which of
 * them count is said by cases.ts.
 */
import { calculateJwkThumbprint, exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { LicenceClaims } from '../../../sdk/licence-guard/src/guard.ts';

export const issuer = 'https://billing.example.com';
export const customerId = `cust_${'a'.repeat(32)}`;
export const dayMs = 86_400_000;
export const startMs = Date.UTC(2026, 10, 26);

export interface SigningKey {
  kid: string;
  privateKey: CryptoKey;
  jwk: JWK;
  pem: string;
}

export async function newKey(): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, privateKey, jwk: { ...jwk, kid, alg: 'RS256', use: 'sig' }, pem: await exportSPKI(publicKey) };
}

/** A licence of November 2026, good until 14 days after its period: day 20. */
export const claims: LicenceClaims = {
  iss: issuer,
  aud: 'tenantry-instance',
  sub: customerId,
  iat: startMs / 1000,
  exp: startMs / 1000 + 20 * 86_400,
  jti: 'lic_1',
  customerId,
  customerName: 'Acme Corp',
  plan: 'professional',
  features: {
    maxDevices: 50,
    dataRetentionDays: 365,
    canExportData: true,
    canScheduleJobs: true,
    hasCustomBranding: false,
  },
  limits: { maxUsers: 15, maxAlertRules: 100, maxDashboards: null },
  monitoring: { dedicated: false, scrapeInterval: '30s', retention: '15d', storageSize: '10Gi', grafana: false },
  trial: { isTrialMode: false },
  subscription: { status: 'active', currentPeriodEndsAt: '2026-12-02T00:00:00.000Z' },
  issuedAt: startMs / 1000,
  expiresAt: startMs / 1000 + 20 * 86_400,
};

/** Signs a payload under a header; `kid`, `alg` and `typ` may be said otherwise. */
export const signAs = (key: SigningKey, payload: object, header: object = {}): Promise<string> =>
  new SignJWT({ ...payload })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.kid, ...header })
    .sign(key.privateKey);

/** A list of revocations of a moment, good for a day. */
export const revocationList = (
  key: SigningKey,
  atMs: number,
  revoked: { jtis?: string[]; kids?: string[] } = {},
  header: object = {},
): Promise<string> =>
  signAs(
    key,
    { iat: atMs / 1000, exp: (atMs + dayMs) / 1000, jtis: revoked.jtis ?? [], kids: revoked.kids ?? [] },
    { typ: 'tenantry-revocations+jws', ...header },
  );
