/**
 * The authorization code flow with PKCE, by openid-client: where the browser is sent, and what the code that it comes back
 * with is worth. State, nonce, issuer and the tokens' form are checked there; whose keys signed them is verify-person.ts's.
 */
import * as oidc from 'openid-client';
import type { Outbound } from '../../lib/outbound.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { authenticationOf, type Client } from '../../organisations/issuer.ts';

/** What binds a sign-in to the browser that began it; none of it is guessed or used twice. */
export interface Binding {
  state: string;
  nonce: string;
  verifier: string;
}

const clockDifference = 60;
const unavailableFrom = 500;

function configurationOf(client: Client, customFetch: oidc.CustomFetch): oidc.Configuration {
  const { metadata, clientId, clientSecret } = client;
  const proofs = { none: oidc.None, basic: oidc.ClientSecretBasic, post: oidc.ClientSecretPost };
  const proof = proofs[authenticationOf(client)](clientSecret ?? undefined);
  const configuration = new oidc.Configuration(metadata, clientId, { [oidc.clockTolerance]: clockDifference }, proof);
  // Which addresses may be called without TLS is decided by the guard of outbound calls.
  oidc.allowInsecureRequests(configuration);
  configuration[oidc.customFetch] = customFetch;
  return configuration;
}

/** The issuer's address that the browser is sent to. */
export async function authorizationUrl(client: Client, redirectUri: string, binding: Binding): Promise<string> {
  const none: oidc.CustomFetch = () => Promise.reject(new Error('nothing is fetched for an address'));
  const url = oidc.buildAuthorizationUrl(configurationOf(client, none), {
    redirect_uri: redirectUri,
    scope: [...new Set(['openid', ...client.scopes])].join(' '),
    response_type: 'code',
    state: binding.state,
    nonce: binding.nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(binding.verifier),
    code_challenge_method: 'S256',
  });
  return url.href;
}

/** What the issuer gave for the code. */
export interface Tokens {
  idToken: string;
  accessToken: string;
  /** Whom the ID token is about. */
  subject: string;
}

/** What an issuer's refusal means, by its code (RFC 6749 §4.1.2.1). */
const meanings: Readonly<Record<string, 'denied' | 'issuer_unavailable'>> = {
  access_denied: 'denied',
  server_error: 'issuer_unavailable',
  temporarily_unavailable: 'issuer_unavailable',
};

/** @param callback the address that the browser came back to, with its query */
export async function exchangeCode(
  outbound: Outbound,
  client: Client,
  callback: URL,
  { state, nonce, verifier }: Binding,
): Promise<Result<Tokens, 'issuer_unavailable' | 'denied' | 'failed'>> {
  let isAway = false;
  const send: oidc.CustomFetch = async (url, { method, headers, body }) => {
    if (method !== 'POST' && method !== 'GET') throw new TypeError(`no ${method} is sent to an issuer`);
    const sent = body === undefined || body === null ? {} : { body: String(body) };
    const answer = await outbound.send(url, { method, headers, ...sent });
    isAway = !answer.ok || answer.value.status >= unavailableFrom;
    if (!answer.ok) throw new TypeError(answer.error.said);
    return new Response(answer.value.text, { status: answer.value.status, headers: answer.value.headers });
  };
  try {
    const tokens = await oidc.authorizationCodeGrant(configurationOf(client, send), callback, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (!claims || tokens.id_token === undefined) return err('failed');
    return ok({ idToken: tokens.id_token, accessToken: tokens.access_token, subject: claims.sub });
  } catch (error) {
    if (isAway) return err('issuer_unavailable');
    return err(error instanceof oidc.AuthorizationResponseError ? (meanings[error.error] ?? 'failed') : 'failed');
  }
}
