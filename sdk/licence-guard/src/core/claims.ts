/** What a licence says, as far as an instance reads it. Takes plans, features and limits by any name; knows no key and no clock. */

/** A feature that is on or off, or a number that is allowed; `null` is unlimited. */
export type Entitlement = boolean | number | null;

/** The payload of a licence. Times in seconds since the epoch where they are numbers. A later API may add to it. */
export interface LicenceClaims {
  iss: string;
  aud: string;
  sub: string;
  iat: number;
  exp: number;
  jti: string;
  customerId: string;
  customerName: string;
  plan: string;
  features: Record<string, Entitlement>;
  limits: Record<string, Entitlement>;
  monitoring: Record<string, unknown>;
  trial: { isTrialMode: boolean; expiresAt?: string };
  subscription: { status: string; currentPeriodEndsAt: string };
  issuedAt: number;
  expiresAt: number;
}

/** Who a licence is made for; everything else of Tenantry's that is signed has another audience or none. */
const audience = 'tenantry-instance';

type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isEntitlement = (value: unknown): boolean =>
  value === null || typeof value === 'boolean' || typeof value === 'number';

/** What a plan may say one day in another form is left out; it takes away neither the licence nor what is understood. */
const understood = (entitlements: Fields): Fields =>
  Object.fromEntries(Object.entries(entitlements).filter(([, value]) => isEntitlement(value)));

const allAre = (type: 'string' | 'object', fields: Fields, names: string[]): boolean =>
  names.every((name) => (type === 'object' ? isFields(fields[name]) : typeof fields[name] === type));

/** The claims of a payload, or null when it is no licence of that issuer. Whether it still counts is another question. */
export function readClaims(payload: unknown, issuer: string): LicenceClaims | null {
  if (!isFields(payload) || payload['iss'] !== issuer || payload['aud'] !== audience) return null;
  if (!allAre('string', payload, ['sub', 'jti', 'customerId', 'customerName', 'plan'])) return null;
  if (!allAre('object', payload, ['features', 'limits', 'monitoring', 'trial', 'subscription'])) return null;
  if (!['iat', 'exp', 'issuedAt', 'expiresAt'].every((name) => Number.isSafeInteger(payload[name]))) return null;
  // What jose and others would refuse, though no licence has it.
  if (payload['nbf'] !== undefined) return null;
  const [features, limits] = [understood(payload['features'] as Fields), understood(payload['limits'] as Fields)];
  return { ...payload, features, limits } as unknown as LicenceClaims;
}
