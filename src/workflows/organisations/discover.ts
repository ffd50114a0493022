/** Asks an issuer what it is: its discovery document and its keys. Decides whether it can be used as it stands. */
import { fetchKeySet } from '../../lib/key-sets.ts';
import type { Outbound } from '../../lib/outbound.ts';
import { err, type Result } from '../../lib/result.ts';
import { discoveryUrl, type IssuerMetadata, readMetadata } from '../../organisations/issuer.ts';

/** The discovery document of an issuer; or what is wrong, in words that hold nothing that the issuer wrote. */
export async function discover(outbound: Outbound, issuer: string): Promise<Result<IssuerMetadata, string>> {
  const answer = await outbound.send(discoveryUrl(issuer), { headers: { accept: 'application/json' } });
  if (!answer.ok) return err(`its discovery document: ${answer.error.said}`);
  const { status, text } = answer.value;
  if (status !== 200) return err(`its discovery document: it answers ${status}`);
  const read = readMetadata(issuer, text);
  if (!read.ok) return read;
  const called = {
    token_endpoint: read.value.token_endpoint,
    authorization_endpoint: read.value.authorization_endpoint,
  };
  for (const [name, url] of Object.entries(called)) {
    const fault = outbound.fault(url);
    if (fault !== null) return err(`its ${name} cannot be used: ${fault}`);
  }
  return read;
}

/** The same with its keys fetched once, from `jwksUrl` where that is given. */
export async function discoverWithKeys(
  outbound: Outbound,
  issuer: string,
  jwksUrl: string | undefined,
): Promise<Result<IssuerMetadata, string>> {
  const found = await discover(outbound, issuer);
  if (!found.ok) return found;
  const metadata = jwksUrl === undefined ? found.value : { ...found.value, jwks_uri: jwksUrl };
  const keys = await fetchKeySet(outbound, metadata.jwks_uri);
  return keys.ok ? { ok: true, value: metadata } : err(`its keys: ${keys.error}`);
}
