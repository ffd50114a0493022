/** The issuer's HTTP on loopback: oidc-provider's own routes, the page that people sign in on, and tokens for programs. */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { importJWK, SignJWT } from 'jose';
import type Provider from 'oidc-provider';
import { answerJson, closeServer, LOOPBACK, listen, readBody } from '../data/http.ts';
import { type KeptSecrets, loadOidcSecrets } from './kept.ts';
import { signInPage } from './pages.ts';
import { claimsOf, DEMO_AUDIENCE, isPerson } from './people.ts';
import { makeProvider } from './provider.ts';
import { openOidcStore } from './store.ts';

const FORM_BYTES_MAX = 10_000;
const UNAUTHORISED = 401;
const MISDIRECTED = 421;
const TOO_LARGE = 413;
const FAILED = 500;
const TOKEN_LIFE_S = 3600;
/** No form-action: browsers hold it against the redirect that follows the form, which leads to the Worker. */
const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
};

export type OidcOptions = {
  dataDir: string;
  /** Tried first. */
  port: number | undefined;
  redirectUri: string;
  firstProject: () => Promise<string | null>;
  /** The platform's clock, ms: the Worker judges by it when a token ends. */
  now: () => number;
};
type Door = { secrets: KeptSecrets; issuer: string } & Pick<OidcOptions, 'firstProject' | 'now'>;

function isPassword(given: string, { password }: KeptSecrets): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(password)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** The page, or who has signed in on it. */
async function signIn(provider: Provider, door: Door, request: IncomingMessage, response: ServerResponse) {
  const page = (wrong: boolean) => response.writeHead(200, PAGE_HEADERS).end(signInPage(wrong));
  await provider.interactionDetails(request, response);
  if (request.method !== 'POST') return page(false);
  const body = await readBody(request, FORM_BYTES_MAX);
  if (body === null) return response.writeHead(TOO_LARGE).end();
  const form = new URLSearchParams(body.toString('utf8'));
  const person = form.get('person');
  if (!isPerson(person) || !isPassword(form.get('password') ?? '', door.secrets)) return page(true);
  const result = { login: { accountId: person, remember: false } };
  return await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

/** A token for programs, as `curl -u org-admin:PASSWORD -X POST …/programs/token` gets one. */
async function programToken(
  { secrets, issuer, firstProject, now }: Door,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(' ');
  const [name, password = ''] = Buffer.from(value, 'base64').toString('utf8').split(':');
  if (!/^basic$/i.test(scheme) || !isPerson(name) || !isPassword(password, secrets)) {
    return answerJson(response, UNAUTHORISED, { error: 'invalid_client' }, { 'www-authenticate': 'Basic' });
  }
  const { kid } = secrets.signing_key;
  const issuedAt = Math.floor(now() / 1000);
  const token = await new SignJWT(claimsOf(name, await firstProject()))
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
    .setIssuer(issuer)
    .setAudience(DEMO_AUDIENCE)
    .setSubject(name)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + TOKEN_LIFE_S)
    .sign(await importJWK(secrets.signing_key, 'RS256'));
  return answerJson(response, 200, { access_token: token, token_type: 'Bearer' }, { 'cache-control': 'no-store' });
}

/** Starts the issuer. Its address stays over restarts where the port can be had, and tokens stay valid with it. */
export async function startOidc(options: OidcOptions, log: (line: string) => void) {
  const { dataDir, firstProject, now } = options;
  const secrets = await loadOidcSecrets(dataDir);
  const store = openOidcStore(join(dataDir, 'oidc.sqlite'));
  const started = Promise.withResolvers<{ provider: Provider; door: Door; host: string }>();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      log(`oidc: ${String(error)}`);
      if (!response.headersSent) answerJson(response, FAILED, { error: 'server_error' });
    });
  });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const { provider, door, host } = await started.promise;
    // A page of another name that leads here must not have the issuer call itself by that name.
    if (request.headers.host !== host) return response.writeHead(MISDIRECTED).end();
    const { pathname } = new URL(request.url ?? '/', door.issuer);
    if (pathname.startsWith('/sign-in/')) return await signIn(provider, door, request, response);
    if (pathname === '/programs/token' && request.method === 'POST') return await programToken(door, request, response);
    return await provider.callback()(request, response);
  }
  const port = await listen(server, options.port);
  const host = `${LOOPBACK}:${port}`;
  const issuer = `http://${host}`;
  const provider = makeProvider({ issuer, redirectUri: options.redirectUri, secrets, store, firstProject, now });
  provider.on('server_error', (_, error) => log(`oidc: ${String(error)}`));
  started.resolve({ provider, door: { secrets, issuer, firstProject, now }, host });
  const close = async () => {
    await closeServer(server);
    store.close();
  };
  return { issuer, secrets, close };
}
