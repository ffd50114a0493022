/** Licences: signed on read from stored claims; the keys that verify them are public. */
import { z } from 'zod';
import { accepted } from '../contracts/jobs.ts';
import { licenceAnswer, licenceHistory, revokeBody, validateAnswer, validateBody } from '../contracts/licences.ts';
import { type Endpoint, endpoint, param, refuse, reply } from '../http/endpoint.ts';
import { notFound } from '../http/problem.ts';
import { depsOf, keyringOf } from '../http/respond.ts';
import { iso, isoOrNull } from '../lib/time.ts';
import { currentLicence, revokeLicences } from '../workflows/current-licence.ts';
import { findLicenceHistory } from '../workflows/licence-history.ts';
import { jwksOf, publicPem } from './keyring.ts';
import { findByJti } from './store.ts';
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
    const settings = { issuer: call.env.PUBLIC_URL, keyring: await keyringOf(call) };
    const found = await currentLicence(depsOf(call), settings, param(call, 'customerId'));
    if (!found.ok) return refuse(found.error);
    const etag = `"${found.value.claims.jti}"`;
    const headers = { etag, 'cache-control': 'private, no-cache' };
    if (call.request.headers.get('if-none-match') === etag) return { ok: true, value: { status: 304, headers } };
    return reply(200, { license: found.value.token, decoded: found.value.claims }, headers);
  },
});

const historyRoute = endpoint({
  method: 'get',
  path: '/api/licenses/:customerId/history',
  summary: 'Every licence ever issued, with statistics',
  allow: { admin: 'viewer', account: true },
  answers: { 200: licenceHistory },
  handle: async (call) => {
    const found = await findLicenceHistory(call.db, param(call, 'customerId'));
    if (!found) return refuse(notFound);
    const { customer, rows } = found;
    const count = (values: string[]) =>
      Object.fromEntries([...new Set(values)].map((value) => [value, values.filter((v) => v === value).length]));
    return reply(200, {
      customer_id: customer.id,
      email: customer.email,
      history: rows.map((row) => ({
        id: row.jti,
        action: row.action,
        plan: row.plan,
        max_devices: row.claims.features.maxDevices,
        generated_at: iso(row.issuedAt),
        revoked_at: isoOrNull(row.revokedAt),
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

const revoke = endpoint({
  method: 'post',
  path: '/api/licenses/:customerId/revoke',
  summary: "Revoke the customer's licences",
  allow: { admin: 'operator' },
  body: revokeBody,
  idempotent: true,
  answers: { 200: accepted },
  handle: async (call) => {
    const done = await revokeLicences(depsOf(call), param(call, 'customerId'), call.body.reason, () =>
      call.receipt(200, { success: true }),
    );
    return done.ok ? reply(200, { success: true }) : refuse(done.error);
  },
});

const pem = endpoint({
  method: 'get',
  path: '/api/licenses/public-key',
  summary: 'The public key as PEM',
  allow: { public: true },
  answers: { 200: null },
  handle: async (call) => {
    const content = await publicPem(await keyringOf(call));
    return { ok: true, value: { status: 200, text: { content, type: 'application/x-pem-file' }, headers: keyHeaders } };
  },
});

const jwks = endpoint({
  method: 'get',
  path: '/.well-known/jwks.json',
  summary: 'The public keys as a JWK set',
  allow: { public: true },
  answers: { 200: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }) },
  handle: async (call) => reply(200, jwksOf(await keyringOf(call)), keyHeaders),
});

/** The fixed paths come before `:customerId`, which would take them for an id. */
export const licenceEndpoints: readonly Endpoint[] = [pem, jwks, validateRoute, read, historyRoute, revoke];
