/**
 * API keys: `{owner}_{secret}`, owner an id, secret 32 hex (128 bits). Split at the last `_`.
 * Only the SHA-256 of the whole key is ever stored.
 */
import { hex, type Random } from './ids.ts';

/** What a bearer of an opaque token can be; the owner's prefix says which. */
export const credentialKinds = ['account', 'reporter', 'cluster', 'provisioner', 'admin', 'organisation'] as const;
export type CredentialKind = (typeof credentialKinds)[number];

const kindOfPrefix: Record<string, CredentialKind> = {
  cust: 'account',
  rep: 'reporter',
  clu: 'cluster',
  prv: 'provisioner',
  adm: 'admin',
  org: 'organisation',
};

const keyPattern = /^((cust|rep|clu|prv|adm|org)_[0-9a-f]{32})_([0-9a-f]{32})$/;

/** A new key of the owner. */
export const newKey = (owner: string, random: Random): string => `${owner}_${hex(random(16))}`;

/** Splits a key into its owner and kind; null when it is not of the form. Says nothing about whether it is known. */
export function parseKey(key: string): { owner: string; kind: CredentialKind } | null {
  const match = keyPattern.exec(key);
  const kind = kindOfPrefix[match?.[2] ?? ''];
  return match?.[1] && kind ? { owner: match[1], kind } : null;
}

/** Compares two hex hashes of equal length without telling where they differ. */
export function sameHash(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

/** SHA-256 of a UTF-8 text, lower-case hex. */
export async function sha256Hex(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))));
}
