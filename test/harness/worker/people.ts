/**
 * Requests of people of an organisation, past the gate: what a route does with a person, whichever way the person came in.
 * How a token or a cookie becomes a person is the gate's own tests' business.
 */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { endpoints } from '../../../src/app.ts';
import { admits, type Principal } from '../../../src/credentials/principal.ts';
import { serve } from '../../../src/http/serve.ts';
import { servicesOf } from '../../../src/services.ts';
import type { Api } from './api.ts';

export type Person = Extract<Principal, { kind: 'person' }>;

/** A person of the organisation; an org-admin unless some namespaces are named. */
export const person = (organisationId: string, fields: Partial<Person> = {}): Person => ({
  kind: 'person',
  organisationId,
  subject: 'ada',
  namespaces: null,
  expiresAt: Date.now() + 3_600_000,
  keyId: 'ses_test',
  ...fields,
});

const patternOf = (path: string): RegExp => new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`);

/** What the route answers to the principal; 403 where it does not admit the kind. */
export async function askAs(
  api: Api,
  principal: Principal,
  method: string,
  target: string,
  options: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Response> {
  const url = new URL(target, 'https://api.test');
  const spec = endpoints.find((e) => e.method === method.toLowerCase() && patternOf(e.path).test(url.pathname));
  if (!spec) throw new Error(`no route ${method} ${url.pathname}`);
  if (!admits(spec.allow, principal)) return new Response(null, { status: 403 });
  const query = spec.query?.safeParse(Object.fromEntries(url.searchParams));
  if (query && !query.success) return new Response(query.error.message, { status: 422 });
  const ctx = createExecutionContext();
  const headers = { ...(options.body === undefined ? {} : { 'content-type': 'application/json' }), ...options.headers };
  const response = await serve(spec, {
    services: servicesOf(api.bindings, ctx, api.outside),
    principal,
    headers: {},
    params: { ...patternOf(spec.path).exec(url.pathname)?.groups },
    query: query?.data,
    request: new Request(url, {
      method,
      headers,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    }),
    path: url.pathname,
  });
  await waitOnExecutionContext(ctx);
  return response;
}
