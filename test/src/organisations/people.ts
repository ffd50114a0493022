/**
 * Requests of people, without an issuer: the routes with a principal that the test gives, and everything after the gate as the
 * app has it (src/http/serve.ts). Other credentials go through the app itself.
 */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { Hono } from 'hono';
import { endpoints } from '../../../src/app.ts';
import { inWordsOf } from '../../../src/contracts/failures.ts';
import { readInWords } from '../../../src/contracts/words.ts';
import { admits, type Principal } from '../../../src/credentials/principal.ts';
import { problemResponse, thrownFailure } from '../../../src/http/problem.ts';
import { serve } from '../../../src/http/serve.ts';
import { faultOf } from '../../../src/http/validate.ts';
import { servicesOf } from '../../../src/services.ts';
import type { Api } from '../../harness/worker/api.ts';

/** Sends a request as somebody. */
export async function callAs(
  api: Api,
  principal: Principal,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const ctx = createExecutionContext();
  const services = servicesOf(api.bindings, ctx, api.outside);
  const app = new Hono();
  for (const spec of endpoints) {
    app.on(spec.method.toUpperCase(), spec.path, (c) => {
      if (!admits(spec.allow, principal)) {
        return problemResponse(services, { code: 'forbidden', message: 'this credential may not do that' });
      }
      const query = spec.query ? readInWords(spec.query, c.req.query()) : null;
      if (query && !query.success) return problemResponse(services, faultOf(query.error));
      const sender = { principal, judgedAt: services.now(), judgeAgain: async () => principal };
      const admitted = { services, ...sender, headers: {}, params: c.req.param(), query: query?.data };
      return serve(spec, { ...admitted, request: c.req.raw, path: c.req.path }).catch((error: unknown) =>
        problemResponse(services, inWordsOf(spec.words, thrownFailure(services, error))),
      );
    });
  }
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const sent = {
    method,
    headers: { ...json, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const response = await app.request(`https://api.test${path}`, sent);
  await waitOnExecutionContext(ctx);
  return response;
}

export type Person = Extract<Principal, { kind: 'person' }>;

/** An org-admin of the organisation for an hour, unless some fields say otherwise. */
export const orgAdmin = (organisationId: string, fields: Partial<Person> = {}): Person => ({
  kind: 'person',
  organisationId,
  subject: 'ada',
  namespaces: null,
  expiresAt: Date.now() + 3_600_000,
  keyId: 'ses_test',
  ...fields,
});
