/**
 * The Stripe stand-in's HTTP: whose request it is, rate limit, version, request ids, headers, and faults that are set for a
 * request. What is answered is api.ts's, the control door's and the pages'.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerJson, closeServer, LOOPBACK, listen, readBody } from '../data/http.ts';
import { reasonOf } from '../problem.ts';
import type { StripeAnswer, StripeApi, StripeRequest } from './api.ts';
import { broken, invalid, type StripeError, tooMany, unauthorised } from './errors.ts';
import type { Faults } from './faults.ts';
import type { RateLimit } from './rate-limit.ts';
import { API_VERSION } from './version.ts';

const requestBytesMax = 1_000_000;
const requestIdBytes = 8;

/** A part of the server with paths of its own. */
export type Area = (request: IncomingMessage, response: ServerResponse, url: URL, body: string) => Promise<void>;

type Parts = {
  secretKey: string;
  port?: number | undefined;
  limit: RateLimit;
  faults: Faults;
  log: (line: string) => void;
};
type Served = { api: StripeApi; door: Area; pages: Area };

/** The key in the Authorization header: Bearer, or Basic with the key as user name. */
function keyOf(request: IncomingMessage): string {
  const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(' ');
  if (/^basic$/i.test(scheme)) return Buffer.from(value, 'base64').toString('utf8').replace(/:.*$/, '');
  return /^bearer$/i.test(scheme) ? value : '';
}

function authorisation(request: IncomingMessage, secretKey: string): StripeError | null {
  const given = Buffer.from(keyOf(request));
  const wanted = Buffer.from(secretKey);
  if (given.length === 0) return unauthorised('You did not provide an API key.');
  const same = given.length === wanted.length && timingSafeEqual(given, wanted);
  return same ? null : unauthorised('Invalid API Key provided');
}

const header = (request: IncomingMessage, name: string): string | null => {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

/** Headers that have a request done on another account: here is one. */
const ofOtherAccounts = ['stripe-account', 'stripe-context'];

/** Why a request is refused before anybody looks at what it asks. */
function refusalOf(request: IncomingMessage, limit: RateLimit): StripeError | null {
  if (!limit()) return tooMany();
  const other = ofOtherAccounts.find((name) => request.headers[name] !== undefined);
  if (other !== undefined) return invalid(`This stand-in has one account, and serves no request with ${other}.`);
  const version = header(request, 'stripe-version');
  if (version === null || version === API_VERSION) return null;
  return invalid(`Invalid Stripe API version: ${version}. This stand-in speaks ${API_VERSION}.`);
}

/**
 * Serves the stand-in on loopback; `port` is tried first. `served` gets its address before anything is answered, because
 * objects have addresses of its pages in them.
 */
export async function startServer({ secretKey, port, limit, faults, log }: Parts, served: (url: string) => Served) {
  const stopping = new AbortController();
  const parts = Promise.withResolvers<Served>();

  /** What the API answers, or null where a fault leaves the caller without an answer. */
  async function ask(api: StripeApi, asked: StripeRequest): Promise<StripeAnswer | StripeError | null> {
    const fault = faults.ofRequest(asked.method, asked.path);
    if (fault?.kind === 'refuse') return null;
    if (fault?.kind === '429') return tooMany();
    if (fault?.kind === '500') return broken();
    if (fault?.kind === '500_stored') return await api.failAndKeep(asked);
    const answer = await api.answer(asked);
    if (fault?.kind !== 'timeout_after_accept') return answer;
    await sleep(fault.hang_ms, undefined, { signal: stopping.signal }).catch(() => {});
    return null;
  }

  async function serveApi(request: IncomingMessage, response: ServerResponse, url: URL, body: string, api: StripeApi) {
    const id = `req_${randomBytes(requestIdBytes).toString('hex')}`;
    const headers = { 'request-id': id, 'stripe-version': API_VERSION };
    const method = request.method ?? 'GET';
    const idempotencyKey = header(request, 'idempotency-key');
    const parameters = method === 'POST' ? body : url.search;
    const answer =
      refusalOf(request, limit) ?? (await ask(api, { id, method, path: url.pathname, parameters, idempotencyKey }));
    if (answer === null) return response.destroy();
    if ('error' in answer) return answerJson(response, answer.status, { error: answer.error }, headers);
    const replayed =
      answer.original === null ? {} : { 'idempotent-replayed': 'true', 'original-request': answer.original };
    const key = idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey };
    response.writeHead(answer.status, { 'content-type': 'application/json', ...headers, ...key, ...replayed });
    return response.end(answer.body);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const { api, door, pages } = await parts.promise;
    const url = new URL(request.url ?? '/', 'http://stripe');
    const isApi = /^\/v\d+\//.test(url.pathname);
    const isDoor = url.pathname.startsWith('/_stand-in/');
    const refusal = isApi || isDoor ? authorisation(request, secretKey) : null;
    if (refusal !== null) return answerJson(response, refusal.status, { error: refusal.error });
    const body = await readBody(request, requestBytesMax);
    if (body === null) return answerJson(response, 413, { error: invalid('The request is too large').error });
    const text = body.toString('utf8');
    if (isApi) return await serveApi(request, response, url, text, api);
    return await (isDoor ? door : pages)(request, response, url, text);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      log(`stripe: ${request.method} ${request.url}: ${reasonOf(error)}`);
      if (!response.headersSent) answerJson(response, 500, { error: broken().error });
    });
  });
  const url = `http://${LOOPBACK}:${await listen(server, port)}`;
  parts.resolve(served(url));
  return {
    url,
    async close() {
      stopping.abort();
      await closeServer(server);
    },
  };
}
