/** The Worker under test, in this isolate: requests, root credentials, and the small stories that tests begin with. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { createApp } from '../../../src/app.ts';
import type { SignupAnswer } from '../../../src/contracts/customers.ts';
import { runCron } from '../../../src/cron.ts';
import { cryptoRandom } from '../../../src/lib/ids.ts';
import { type Outside, servicesOf } from '../../../src/services.ts';
import { holdToDeclared } from './declared.ts';

export const rootToken = (env as unknown as { ADMIN_API_TOKEN: string }).ADMIN_API_TOKEN;

/** An app whose clock the test sets; its log is kept for reading. */
export function makeApi(startAt = Date.now()) {
  const clock = { now: startAt };
  const logs: { level: string; message: string; fields: unknown }[] = [];
  /** Who answers outbound calls, by origin; nobody else is there. */
  const internet = new Map<string, (request: Request) => Response | Promise<Response>>();
  const outside: Outside = {
    now: () => clock.now,
    random: cryptoRandom,
    log: (level, message, fields) => logs.push({ level, message, fields }),
    async fetch(url, init) {
      const answer = internet.get(new URL(url).origin);
      if (!answer) throw new TypeError(`nobody is at ${url}`);
      return await answer(new Request(url, init));
    },
  };
  const app = createApp(outside);
  const bindings: Record<string, unknown> = { ...env };

  async function call(method: string, path: string, options: CallOptions = {}): Promise<Response> {
    const headers = new Headers(options.headers);
    if (options.token !== undefined) headers.set('authorization', `Bearer ${options.token}`);
    const hasBody = options.body !== undefined;
    if (hasBody && !headers.has('content-type')) headers.set('content-type', 'application/json');
    const body = hasBody ? (options.raw ?? JSON.stringify(options.body)) : options.raw;
    const request = new Request(`https://api.test${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const ctx = createExecutionContext();
    const response = await app.fetch(request, { ...bindings, ...options.bindings }, ctx);
    if (options.settle !== false) await waitOnExecutionContext(ctx);
    await holdToDeclared(method, path, response);
    return response;
  }

  /** One tick of cron at the test's clock. */
  async function tick(): Promise<void> {
    const ctx = createExecutionContext();
    await runCron(servicesOf(bindings, ctx, outside), clock.now);
    await waitOnExecutionContext(ctx);
  }

  return { app, clock, logs, call, tick, outside, bindings, internet };
}
export type Api = ReturnType<typeof makeApi>;

export interface CallOptions {
  token?: string;
  headers?: Record<string, string>;
  body?: unknown;
  raw?: BodyInit;
  bindings?: Record<string, unknown>;
  /** False leaves deferred work running. */
  settle?: boolean;
}

/** The test cluster `local`, made once a file. */
export async function ensureCluster(api: Api): Promise<{ provisionerToken: string; clusterKey: string }> {
  const body = { cluster_id: 'local', queue_binding: 'DOORBELL_LOCAL' };
  await api.call('POST', '/api/clusters', { token: rootToken, body });
  const token = await api.call('POST', '/api/clusters/local/tokens', { token: rootToken, body: {} });
  const key = await api.call('POST', '/api/clusters/local/keys', { token: rootToken, body: {} });
  return {
    provisionerToken: ((await token.json()) as { token: string }).token,
    clusterKey: ((await key.json()) as { api_key: string }).api_key,
  };
}

let people = 0;

/** A new customer through the API. */
export async function signUp(api: Api, fields: Record<string, unknown> = {}): Promise<SignupAnswer> {
  people += 1;
  const body = { email: `person-${people}-${Date.now()}@example.com`, company_name: `Company ${people}`, ...fields };
  const response = await api.call('POST', '/api/customers/signup', { body });
  if (response.status !== 201)
    throw new Error(`signup answered ${response.status}: ${await response.text()} ${JSON.stringify(api.logs.at(-1))}`);
  return (await response.json()) as SignupAnswer;
}
