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
      const admitted = { services, principal, headers: {}, params: c.req.param(), query: query?.data };
      return serve(spec, { ...admitted, request: c.req.raw, path: c.req.path }).catch((error: unknown) =>
        problemResponse(services, inWordsOf(spec.words, thrownFailure(services, error))),
      );
    });
  }
  const json =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await app.request(path, { method, ...json });
  await waitOnExecutionContext(ctx);
  return response;
}
