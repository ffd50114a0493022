/** Licences: signed on read from stored claims; the keys that verify them are public. */
import { z } from 'zod';
import { notFound } from '../contracts/failures.ts';
import { accepted } from '../contracts/jobs.ts';
import {
  licenceAnswer,
  licenceHistory,
  publicKeyQuery,
  reissueAnswer,
  reissueBody,
  revokeBody,
  validateAnswer,
  validateBody,
} from '../contracts/licences.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, empty, endpoint, json, refuse, reply } from '../http/endpoint.ts';
import { publicReads } from '../http/limits.ts';
import { ok } from '../lib/result.ts';
import { iso, isoOrNull } from '../lib/time.ts';
import { contextOf, keyringOf } from '../wiring.ts';
import { currentLicence } from '../workflows/licensing/current-licence.ts';
import { reissueFor } from '../workflows/licensing/reissue-for.ts';
import { revokeLicences } from '../workflows/licensing/revoke-licences.ts';
import { jwksOf, publicPem } from './keyring.ts';
import { findByJti, history } from './store.ts';
import { verifyLicence } from './verify.ts';

/** Caches may keep keys this long; a new key is published longer than this before it signs (spec §5: 10 minutes). */
const keysMaxAgeSeconds = 300;
const keyHeaders = { 'cache-control': `public, max-age=${keysMaxAgeSeconds}` };

const read = endpoint({
  method: 'get',
  path: '/api/licenses/:customerId',
  summary: 'The licence in force; the ETag is its jti',
  allow: { admin: 'viewer', account: true, reporter: true },
  answers: { 200: licenceAnswer, 304: null },
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
  method: 'get',
  path: '/api/licenses/:customerId/history',
  summary: 'Every licence ever issued, with statistics',
  allow: { admin: 'viewer', account: true },
  answers: { 200: licenceHistory },
  handle: async (call) => {
    const { customer } = call.customer;
    const rows = await history(call.db, customer.id);
    const count = (values: string[]) =>
      Object.fromEntries([...new Set(values)].map((value) => [value, values.filter((v) => v === value).length]));
    return reply(200, {
      customer_id: customer.id,
      email: customer.email,
      history: rows.map((row) => ({
        id: row.jti,
        action: row.action,
        plan: row.plan,
        max_devices: limitOf(row.claims.features['maxDevices']),
        generated_at: iso(row.issuedAt),
        revoked_at: isoOrNull(row.revokedAt),
        revoked_reason: row.revokedReason,
        metadata: {
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
  method: 'post',
  path: '/api/licenses/validate',
  limits: [{ name: 'validate', by: 'principal', rate: 'RATE_LIMIT_VALIDATE' }],
  summary: 'The verdict on a licence, with a stable code',
  allow: { admin: 'viewer', account: true, reporter: true },
  body: validateBody,
  answers: { 200: validateAnswer },
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

const revoke = deed({
  method: 'post',
  path: '/api/licenses/:customerId/revoke',
  summary: "Revoke the customer's licences",
  allow: { admin: 'operator' },
  body: revokeBody,
  idempotent: true,
  answers: { 200: accepted },
  plan: (context, { customer, body }) => revokeLicences(context, customer, body.reason),
  answer: () => json(200, { success: true }),
});

const reissue = deed({
  method: 'post',
  path: '/api/licenses/reissue',
  summary: 'Issue the licences of some customers anew, also revoked ones',
  allow: { admin: 'owner' },
  body: reissueBody,
  idempotent: true,
  answers: { 202: reissueAnswer },
  plan: (context, { body }) => reissueFor(context, { customerIds: body.customer_ids, reason: body.reason }),
  answer: (reissued) => json(202, { success: true, reissued }),
});

const pem = endpoint({
  method: 'get',
  path: '/api/licenses/public-key',
  limits: [publicReads],
  summary: 'The public key that signs new licences as PEM, or the one of a licence by its kid',
  allow: { public: true },
  query: publicKeyQuery,
  answers: { 200: null },
  handle: async (call) => {
    const content = await publicPem(await keyringOf(call), call.query.kid);
    if (content === null) return refuse(notFound);
    return { ok: true, value: { status: 200, text: { content, type: 'application/x-pem-file' }, headers: keyHeaders } };
  },
});

const jwks = endpoint({
  method: 'get',
  path: '/.well-known/jwks.json',
  limits: [publicReads],
  summary: 'The public keys as a JWK set',
  allow: { public: true },
  answers: { 200: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }) },
  handle: async (call) => reply(200, jwksOf(await keyringOf(call)), keyHeaders),
});

/** The fixed paths come before `:customerId`, which would take them for an id. */
export const licenceEndpoints: readonly Endpoint[] = [pem, jwks, validateRoute, reissue, read, historyRoute, revoke];
