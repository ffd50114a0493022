/**
 * From headers to a principal. `Authorization: Bearer …` for everybody, `X-API-Key` also for account, reporter and
 * cluster keys, the sub-protocol `bearer.…` for a WebSocket; two with different values are refused (contract: Auth headers).
 */

import { createHash } from 'node:crypto';
import { findPrincipal } from '../credentials/live-store.ts';
import { type Principal, rootName } from '../credentials/principal.ts';
import type { Db } from '../db/client.ts';
import { parseKey } from '../lib/keys.ts';
import { err, ok, type Result } from '../lib/result.ts';
import type { Presented } from './auth-log.ts';

/** What the headers carry; `conflict` when they disagree or are malformed. */
type Given = { kind: 'none' } | { kind: 'conflict' } | { kind: 'token'; token: string; viaApiKeyHeader: boolean };

const tokenCharsMax = 512;

const socketBearer = 'bearer.';

/** A browser can give a WebSocket no header of its own: there the token stands among the sub-protocols. */
function bearerOfSocket(headers: Headers): string | null {
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket') return null;
  const offered = (headers.get('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim());
  const found = offered.find((name) => name.startsWith(socketBearer));
  return found === undefined ? null : `Bearer ${found.slice(socketBearer.length)}`;
}

function givenIn(headers: Headers): Given {
  const inProtocol = bearerOfSocket(headers);
  const authorization = headers.get('authorization') ?? inProtocol;
  if (inProtocol !== null && inProtocol !== authorization) return { kind: 'conflict' };
  const apiKey = headers.get('x-api-key');
  if (authorization === null && apiKey === null) return { kind: 'none' };
  const bearer = authorization === null ? null : (/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '');
  if (bearer !== null && apiKey !== null && bearer !== apiKey) return { kind: 'conflict' };
  const token = bearer ?? apiKey ?? '';
  if (token === '' || token.length > tokenCharsMax) return { kind: 'conflict' };
  return { kind: 'token', token, viaApiKeyHeader: bearer === null };
}

/** Compares two hex hashes of equal length without telling where they differ. */
function sameHash(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

/** As `sha256Hex` of src/lib/keys.ts, at once: every request hashes its token, and WebCrypto's way costs thirty times that. */
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

let root: { token: string; hash: string } | null = null;

/** The root token's hash, made once an isolate. */
function rootHash(token: string): string {
  if (root?.token !== token) root = { token, hash: hashOf(token) };
  return root.hash;
}

/**
 * The principal of a request: `public` when nothing was presented, what was presented when that is malformed, unknown,
 * expired or revoked (a 401 either way). One indexed read of D1 for keys (src/credentials/live-store.ts), none
 * for the root token.
 * @param used called with a credential's id when it is used for the first time today
 * @throws DatabaseUnavailable through the caller's handling when D1 cannot be read
 */
export async function authenticate(
  db: Db,
  headers: Headers,
  rootToken: string,
  now: number,
  used: (keyId: string) => void,
): Promise<Result<Principal, Presented>> {
  const given = givenIn(headers);
  if (given.kind === 'none') return ok({ kind: 'public' });
  if (given.kind === 'conflict') return err('malformed');
  const hash = hashOf(given.token);
  if (sameHash(hash, rootHash(rootToken))) {
    return given.viaApiKeyHeader ? err('admin') : ok({ kind: 'admin', name: rootName, role: 'owner', keyId: 'root' });
  }
  const key = parseKey(given.token);
  if (!key) return err('malformed');
  if (given.viaApiKeyHeader && (key.kind === 'admin' || key.kind === 'provisioner')) return err(key.kind);
  const found = await findPrincipal(db, key.kind, { owner: key.owner, hash }, now, used);
  return found ? ok(found) : err(key.kind);
}
