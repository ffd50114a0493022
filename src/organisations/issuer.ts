/**
 * An OIDC issuer as its own discovery document describes it: pure. What is taken of the document, where it is, and why one
 * is not usable.
 */
import { z } from 'zod';
import { parseJson } from '../lib/json.ts';
import { err, ok, type Result } from '../lib/result.ts';

const texts = z.array(z.string());

/** What is kept of a discovery document (OpenID Connect Discovery 1.0 §3, RFC 9207). */
export const issuerMetadata = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  jwks_uri: z.string(),
  id_token_signing_alg_values_supported: texts.exactOptional(),
  token_endpoint_auth_methods_supported: texts.exactOptional(),
  authorization_response_iss_parameter_supported: z.boolean().exactOptional(),
});
export type IssuerMetadata = z.infer<typeof issuerMetadata>;

/** A party that people sign in at, as a client of it is set up. */
export interface Client {
  metadata: IssuerMetadata;
  audience: string;
  clientId: string;
  clientSecret: string | null;
  /** Beside `openid`. */
  scopes: readonly string[];
}

/** Where an issuer's discovery document is. */
export const discoveryUrl = (issuer: string): string => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;

/** The document of an issuer, or what is wrong with it, in words that hold nothing of it. */
export function readMetadata(issuer: string, text: string): Result<IssuerMetadata, string> {
  const document = parseJson(text);
  if (document === null || typeof document !== 'object') return err('its discovery document is not JSON');
  if ((document as { issuer?: unknown }).issuer !== issuer) return err('its discovery document names another issuer');
  if (!('jwks_uri' in document)) return err('its discovery document has no jwks_uri');
  const read = issuerMetadata.safeParse(document);
  if (!read.success) return err('its discovery document lacks the addresses of a sign-in');
  return ok(read.data);
}

/** How a client proves to the token endpoint that it is the client: RFC 6749 §2.3.1, Basic where nothing is said. */
export function authenticationOf({ metadata, clientSecret }: Client): 'none' | 'basic' | 'post' {
  if (clientSecret === null) return 'none';
  const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return methods.includes('client_secret_basic') || !methods.includes('client_secret_post') ? 'basic' : 'post';
}
