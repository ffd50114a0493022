/** Licences: signed on read from stored claims; the keys that verify them are public. */

import { notFound } from '../contracts/failures.ts';
import * as routes from '../contracts/routes/licences.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, empty, endpoint, json, refuse, reply } from '../http/endpoint.ts';
import { publicReads } from '../http/limits.ts';
import { sha256Hex } from '../lib/keys.ts';
import { ok } from '../lib/result.ts';
import { iso, isoOrNull, secondMs } from '../lib/time.ts';
import { contextOf, keyringOf } from '../wiring.ts';
import { currentLicence } from '../workflows/licensing/current-licence.ts';
import { listKeys } from '../workflows/licensing/list-keys.ts';
import { listRevocations } from '../workflows/licensing/list-revocations.ts';
import { continueReissue, reissueAll } from '../workflows/licensing/reissue-all.ts';
import { reissueFor } from '../workflows/licensing/reissue-for.ts';
import { revokeLicences } from '../workflows/licensing/revoke-licences.ts';
import { cachedMs, jwksOf, publicPem } from './keyring.ts';
import { planChange } from './plan-change.ts';
import { findByJti, history } from './store.ts';
import { verifyLicence } from './verify.ts';

const keyHeaders = { 'cache-control': `public, max-age=${cachedMs / secondMs}` };

const read = endpoint({
  ...routes.readLicence,
  handle: async (call) => {
    const found = await currentLicence(contextOf(call), call.customer);
    if (!found.ok) return refuse(found.error);
    const etag = `"${found.value.claims.jti}"`;
    const headers = { etag, 'cache-control': 'private, no-cache' };
    if (call.request.headers.get('if-none-match') === etag) return ok(empty(304, headers));
    return reply(200, { license: found.value.token, decoded: found.value.claims }, headers);
  },
});

/** A limit as the history shows it; one that is none, or that the plan does not name, is unlimited. */
const limitOf = (value: boolean | number | null | undefined): number | null =>
  typeof value === 'number' ? value : null;

const historyRoute = endpoint({
  ...routes.listLicences,
  handle: async (call) => {
    const { customer } = call.customer;
    const rows = await history(call.db, customer.id);
    const count = (values: string[]) =>
      Object.fromEntries([...new Set(values)].map((value) => [value, values.filter((v) => v === value).length]));
    return reply(200, {
      customer_id: customer.id,
      email: customer.email,
      history: rows.map((row, place) => ({
        id: row.jti,
        action: row.action,
        plan: row.plan,
        max_devices: limitOf(row.claims.features['maxDevices']),
        generated_at: iso(row.issuedAt),
        revoked_at: isoOrNull(row.revokedAt),
        revoked_reason: row.revokedReason,
        metadata: {
          ...planChange(rows[place + 1], row),
          kid: row.kid,
          features: row.claims.features,
          limits: row.claims.limits,
          license_hash: row.tokenSha256,
        },
      })),
      statistics: {
        totalGenerations: rows.length,
        byAction: count(rows.map((row) => row.action)),
        byPlan: count(rows.map((row) => row.plan)),
      },
    });
  },
});

const validateRoute = endpoint({
  ...routes.validateLicence,
  limits: [{ name: 'validate', by: 'principal', rate: 'RATE_LIMIT_VALIDATE' }],
  handle: async (call) => {
    const verdict = await verifyLicence(
      call.body.license,
      jwksOf(await keyringOf(call)),
      call.env.PUBLIC_URL,
      new Date(call.now()),
    );
    if (!verdict.valid) return reply(200, verdict);
    const bound =
      call.principal.kind === 'account' || call.principal.kind === 'reporter' ? call.principal.customerId : null;
    const row = await findByJti(call.db, verdict.decoded.jti);
    if (!row || (bound !== null && bound !== row.customerId))
      return reply(200, { valid: false, code: 'unknown_licence' });
    return reply(200, row.revokedAt === null ? verdict : { valid: false, code: 'revoked' });
  },
});

const revocations = endpoint({
  ...routes.readRevocations,
  limits: [publicReads],
  handle: async (call) => {
    const signed = await listRevocations(contextOf(call));
    const etag = `"${await sha256Hex(signed)}"`;
    const headers = { ...keyHeaders, etag };
    if (call.request.headers.get('if-none-match') === etag) return ok(empty(304, headers));
    return reply(200, { revocations: signed }, headers);
  },
});

const keys = endpoint({
  ...routes.listLicenceKeys,
  handle: async (call) => {
    const found = await listKeys(contextOf(call));
    return reply(200, {
      keys: found.map((key) => ({
        kid: key.kid,
        signs: key.signs,
        published_at: isoOrNull(key.publishedAt),
        signs_from: isoOrNull(key.ripeAt),
        licences_in_force: key.inForce,
        needed_until: isoOrNull(key.neededUntil),
      })),
    });
  },
});

const revoke = deed({
  ...routes.revokeLicence,
  plan: (context, { customer, body }) => revokeLicences(context, customer, body.reason),
  answer: () => json(200, { success: true }),
});

const reissue = deed({
  ...routes.reissueLicences,
  plan: (context, { body }) =>
    body.customer_ids === undefined
      ? reissueAll(context, { reason: body.reason })
      : reissueFor(context, { customerIds: body.customer_ids, reason: body.reason }),
  afterwards: async (context, { order }) => (order === null ? undefined : await continueReissue(context, order.id)),
  answer: ({ reissued, order }) =>
    json(202, { success: true, reissued, ...(order === null ? {} : { batch_id: order.id, matched: order.matched }) }),
});

const pem = endpoint({
  ...routes.readPublicKey,
  limits: [publicReads],
  handle: async (call) => {
    const content = await publicPem(await keyringOf(call), call.query.kid);
    if (content === null) return refuse(notFound);
    return { ok: true, value: { status: 200, text: { content, type: 'application/x-pem-file' }, headers: keyHeaders } };
  },
});

const jwks = endpoint({
  ...routes.readKeySet,
  limits: [publicReads],
  handle: async (call) => reply(200, jwksOf(await keyringOf(call)), keyHeaders),
});

/** The fixed paths come before `:customerId`, which would take them for an id. */
export const licenceEndpoints: readonly Endpoint[] = [
  pem,
  jwks,
  revocations,
  keys,
  validateRoute,
  reissue,
  read,
  historyRoute,
  revoke,
];
