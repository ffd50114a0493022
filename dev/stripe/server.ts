/** The Stripe stand-in's HTTP: authentication, request ids, headers. What is answered is api.ts's. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { answerJson, closeServer, LOOPBACK, listen, readBody } from '../data/http.ts';
import type { StripeAnswer, StripeApi } from './api.ts';
import { broken, invalid, type StripeError, unauthorised } from './errors.ts';

const REQUEST_BYTES_MAX = 1_000_000;
const REQUEST_ID_BYTES = 8;

export type StripeServerOptions = { secretKey: string; port?: number | undefined };

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

async function answer(
  api: StripeApi,
  secretKey: string,
  request: IncomingMessage,
): Promise<StripeAnswer | StripeError> {
  const refusal = authorisation(request, secretKey);
  if (refusal !== null) return refusal;
  const url = new URL(request.url ?? '/', 'http://stripe');
  const body = await readBody(request, REQUEST_BYTES_MAX);
  if (body === null) return invalid('The request is too large');
  const key = request.headers['idempotency-key'];
  return api.answer({
    method: request.method ?? 'GET',
    path: url.pathname,
    parameters: request.method === 'POST' ? body.toString('utf8') : url.search,
    idempotencyKey: typeof key === 'string' && key !== '' ? key : null,
  });
}

/** Serves the stand-in on loopback; `port` is tried first. */
export async function startStripe(api: StripeApi, options: StripeServerOptions, log: (line: string) => void) {
  const server = createServer((request, response) => {
    const headers = { 'request-id': `req_${randomBytes(REQUEST_ID_BYTES).toString('hex')}` };
    answer(api, options.secretKey, request)
      .catch((error: unknown) => {
        log(`stripe: ${String(error)}`);
        return broken();
      })
      .then((answered) => {
        if ('error' in answered) return answerJson(response, answered.status, { error: answered.error }, headers);
        const replayed = answered.replayed ? { 'idempotent-replayed': 'true' } : {};
        response.writeHead(answered.status, { 'content-type': 'application/json', ...headers, ...replayed });
        response.end(answered.body);
      })
      .catch((error: unknown) => log(`stripe: ${String(error)}`));
  });
  const port = await listen(server, options.port);
  return { url: `http://${LOOPBACK}:${port}`, close: () => closeServer(server) };
}
