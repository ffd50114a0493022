/** An OIDC issuer for tests inside workerd: keys, discovery and JWKS on the test's own internet, and tokens of any form. */
import { createExecutionContext } from 'cloudflare:test';
import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { authenticate } from '../../../src/http/auth.ts';
import { servicesOf } from '../../../src/services.ts';
import { type Api, rootToken } from './api.ts';

export interface SigningKey {
  kid: string;
  alg: string;
  privateKey: CryptoKey;
  jwk: JWK;
}

export async function newSigningKey(kid: string, alg = 'RS256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return {
    kid,
    alg,
    privateKey: privateKey as CryptoKey,
    jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
  };
}

export interface TestIssuer {
  url: string;
  keys: SigningKey[];
  /** How often each path was asked for. */
  asked: string[];
  /** What is answered in the place of the truth, by path. */
  instead: Map<string, (request: Request) => Response | Promise<Response>>;
  document: Record<string, unknown>;
  /** A token as the issuer signs them: valid for an hour from the test's clock. */
  token(claims: JWTPayload, header?: Partial<JWTHeaderParameters>, key?: SigningKey): Promise<string>;
}

/** Puts an issuer at an origin. What it answers can be bent by its fields. */
export async function startIssuer(
  api: Api,
  origin = 'https://login.example.com',
  keys?: SigningKey[],
): Promise<TestIssuer> {
  const issuer: TestIssuer = {
    url: origin,
    keys: keys ?? [await newSigningKey('one')],
    asked: [],
    instead: new Map(),
    document: {
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      jwks_uri: `${origin}/jwks`,
      id_token_signing_alg_values_supported: ['RS256', 'ES256', 'EdDSA'],
    },
    async token(claims, header = {}, key = issuer.keys[0]) {
      if (!key) throw new Error('the issuer has no key');
      const now = Math.floor(api.clock.now / 1000);
      const whole = { iss: issuer.url, sub: 'alice', iat: now, exp: now + 3600, ...claims };
      return await new SignJWT(whole)
        .setProtectedHeader({ alg: key.alg, typ: 'JWT', kid: key.kid, ...header } as JWTHeaderParameters)
        .sign(key.privateKey);
    },
  };
  api.internet.set(origin, async (request) => {
    const { pathname } = new URL(request.url);
    issuer.asked.push(pathname);
    const other = issuer.instead.get(pathname);
    if (other) return await other(request);
    if (pathname === '/.well-known/openid-configuration') return Response.json(issuer.document);
    if (pathname === '/jwks') return Response.json({ keys: issuer.keys.map(({ jwk }) => jwk) });
    return new Response('not here', { status: 404 });
  });
  return issuer;
}

/** The principal of a request with the token, or why it is not let in. */
export async function whoIs(api: Api, token: string) {
  const services = servicesOf(api.bindings, createExecutionContext(), api.outside);
  const { db, env, outbound, keySets } = services;
  const door = { db, env, staffIssuer: null, outbound, keySets, now: api.clock.now, used: () => {} };
  return await authenticate(new Headers({ authorization: `Bearer ${token}` }), door);
}

/** Makes an organisation through the API; its id. */
export async function makeOrganisation(api: Api, slug: string): Promise<string> {
  const body = { name: slug, slug };
  const made = await api.call('POST', '/api/organisations', { token: rootToken, body });
  if (made.status !== 201) throw new Error(await made.text());
  return ((await made.json()) as { organisation: { organisation_id: string } }).organisation.organisation_id;
}

/** Sets the issuer of an organisation through the API. */
export async function trust(api: Api, organisationId: string, fields: Record<string, unknown>): Promise<Response> {
  const body = { audience: 'tenantry', client_id: 'tenantry-web', ...fields };
  return await api.call('PUT', `/api/organisations/${organisationId}/issuer`, { token: rootToken, body });
}
