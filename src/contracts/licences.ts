/** Licences on the wire: seed 004's payload with what spec §5 adds. */
import { z } from 'zod';
import { customerId, lineText } from './common.ts';

const limit = z.number().int().nullable();
/** Which there are is the plan's to say (plans.yaml); seed 004's are those of the plans that ship. */
const entitlements = z.record(z.string(), z.union([z.boolean(), limit]));

/** The JWT's payload. `null` means unlimited; times in seconds since the epoch. */
export const licenceClaims = z.object({
  iss: z.string(),
  aud: z.literal('tenantry-instance'),
  sub: z.string(),
  iat: z.number().int(),
  exp: z.number().int(),
  jti: z.string(),
  customerId: z.string(),
  customerName: z.string(),
  plan: z.string(),
  features: entitlements,
  limits: entitlements,
  monitoring: z.object({
    dedicated: z.boolean(),
    scrapeInterval: z.string(),
    retention: z.string(),
    storageSize: z.string(),
    grafana: z.boolean(),
  }),
  trial: z.object({ isTrialMode: z.boolean(), expiresAt: z.string().optional() }),
  subscription: z.object({ status: z.string(), currentPeriodEndsAt: z.string() }),
  issuedAt: z.number().int(),
  expiresAt: z.number().int(),
});
export type LicenceClaims = z.infer<typeof licenceClaims>;

/** GET /api/licenses/:customerId. */
export const licenceAnswer = z.object({ license: z.string(), decoded: licenceClaims });

/** GET /api/licenses/public-key: `kid` names the key of a licence that an older key signed. */
export const publicKeyQuery = z.object({
  kid: z.string().max(100).optional().describe('The key that signed a licence; absent: the one that signs new ones.'),
});

/** POST /api/licenses/validate: always 200, the verdict is in the body. */
export const validateBody = z.strictObject({ license: z.string().max(16_384) });
export const validateAnswer = z.object({ valid: z.boolean(), code: z.string(), decoded: licenceClaims.optional() });

/** POST /api/licenses/:customerId/revoke. */
export const revokeBody = z.strictObject({ reason: lineText(500) });

/**
 * GET /api/licenses/revocations: a JWS by a licence key, header `typ` `tenantry-revocations+jws`. Its payload: `iat`, `exp` (24 h),
 * `jtis` (revoked licences that have not expired) and `kids` (keys that were taken back although licences of theirs have not expired).
 */
export const revocationsAnswer = z.object({ revocations: z.string() });

/** GET /api/licenses/keys: `needed_until` is when the last licence that the key signed expires. */
const licenceKey = z.object({
  kid: z.string(),
  signs: z.boolean(),
  published_at: z.string().nullable(),
  signs_from: z.string().nullable(),
  licences_in_force: z.number().int(),
  needed_until: z.string().nullable(),
});
export type LicenceKeyView = z.infer<typeof licenceKey>;
export const licenceKeysAnswer = z.object({ keys: z.array(licenceKey) });

/**
 * POST /api/licenses/reissue: those of some customers at once, also revoked ones; or those of `all` whose licence is in force and not
 * revoked, some a second, as an order (`GET /api/queue/batches/:id` says how far it is).
 */
export const reissueBody = z
  .strictObject({
    customer_ids: z.array(customerId).min(1).max(50).optional(),
    all: z.literal(true).optional(),
    reason: lineText(500),
  })
  .refine((body) => (body.customer_ids === undefined) !== (body.all === undefined), {
    path: ['customer_ids'],
    message: 'either customer_ids or all',
  });
/** `reissued`: licences that are there already; `batch_id` and `matched` only of an order for all. */
export const reissueAnswer = z.object({
  success: z.literal(true),
  reissued: z.number().int(),
  batch_id: z.string().optional(),
  matched: z.number().int().optional(),
});

/** GET /api/licenses/:customerId/history: seed 004's answer. */
export const licenceHistory = z.object({
  customer_id: customerId,
  email: z.string(),
  history: z.array(
    z.object({
      id: z.string(),
      action: z.string(),
      plan: z.string(),
      max_devices: limit,
      generated_at: z.string(),
      revoked_at: z.string().nullable().default(null),
      revoked_reason: z.string().nullable().default(null),
      metadata: z.record(z.string(), z.unknown()),
    }),
  ),
  statistics: z.object({
    totalGenerations: z.number().int(),
    byAction: z.record(z.string(), z.number().int()),
    byPlan: z.record(z.string(), z.number().int()),
  }),
});
