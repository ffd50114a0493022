/**
 * From headers to a principal. `Authorization: Bearer …` for everybody, `X-API-Key` also for account, reporter and
 * cluster keys, the sub-protocol `bearer.…` for a WebSocket; two with different values are refused (contract: Auth headers).
 * Without any the cookie of a session counts; beside one of them it is not looked at. A token of three parts with dots is an issuer's (JWT), no key is one.
 */

import { createHash } from 'node:crypto';
import { findPrincipal } from '../credentials/live-store.ts';
import { type Principal, rootName } from '../credentials/principal.ts';
import { parseKey, sameHash } from '../lib/keys.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { looksLikeJwt, tokenCharsMax } from '../organisations/token.ts';
import { findSessionPrincipal } from '../sessions/live-store.ts';
import type { StaffIssuer } from '../sessions/staff.ts';
import { type Verifying, verifyPerson } from '../workflows/organisations/verify-person.ts';
import type { Presented } from './auth-log.ts';
import { secretIn } from './session-cookie.ts';

/** What the headers carry; `conflict` when they disagree or are malformed. */
type Given = { kind: 'none' } | { kind: 'conflict' } | { kind: 'token'; token: string; viaApiKeyHeader: boolean };

const keyCharsMax = 512;

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
  if (token === '' || token.length > (looksLikeJwt(token) ? tokenCharsMax : keyCharsMax)) return { kind: 'conflict' };
  return { kind: 'token', token, viaApiKeyHeader: bearer === null };
}

/** As `sha256Hex` of src/lib/keys.ts, at once: every request hashes its token, and WebCrypto's way costs thirty times that. */
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

let root: { token: string; hash: string } | null = null;

/** The root token's hash, made once an isolate. */
function rootHash(token: string): string {
  if (root?.token !== token) root = { token, hash: hashOf(token) };
  return root.hash;
}

/** Why a request is not let in: 401 for what was presented, 403 for a guest's token, 503 while an issuer is away. */
export type Refusal = Presented | 'no_access' | 'issuer_away';

/** What a request is judged by, beside its headers. */
export interface Door extends Verifying {
  env: { ADMIN_API_TOKEN: string; PUBLIC_URL: string };
  /** Where staff sign in; null where only admin tokens do. */
  staffIssuer: StaffIssuer | null;
  /** Called with the id of a key or session whose use is to be noted. */
  used: (id: string) => void;
}

/**
 * The principal of a request: `public` when nothing was presented, what was presented when that is malformed, unknown,
 * expired or revoked (a 401 either way). One indexed read of D1 for keys (src/credentials/live-store.ts), sessions and
 * people's tokens, none for the root token. A cookie whose session has ended is as none: browsers keep it, and its owner must be able to sign in.
 * @throws DatabaseUnavailable through the caller's handling when D1 cannot be read
 */
export async function authenticate(headers: Headers, door: Door): Promise<Result<Principal, Refusal>> {
  const given = givenIn(headers);
  if (given.kind === 'none') return ok(await signedIn(headers, door));
  if (given.kind === 'conflict') return err('malformed');
  const hash = hashOf(given.token);
  if (sameHash(hash, rootHash(door.env.ADMIN_API_TOKEN))) {
    return given.viaApiKeyHeader ? err('admin') : ok({ kind: 'admin', name: rootName, role: 'owner', keyId: 'root' });
  }
  if (looksLikeJwt(given.token)) return given.viaApiKeyHeader ? err('person') : await personWith(given.token, door);
  const key = parseKey(given.token);
  if (!key) return err('malformed');
  if (given.viaApiKeyHeader && (key.kind === 'admin' || key.kind === 'provisioner')) return err(key.kind);
  const found = await findPrincipal(door.db, key.kind, { owner: key.owner, hash }, door.now, door.used);
  return found ? ok(found) : err(key.kind);
}

/** The person of an organisation whose issuer made the token. */
async function personWith(token: string, door: Door): Promise<Result<Principal, Refusal>> {
  const person = await verifyPerson(door, token);
  if (!person.ok) return err(person.error === 'untrusted' ? 'person' : person.error);
  const { organisationId, subject } = person.value;
  return ok({ kind: 'person', ...person.value, keyId: `person:${organisationId}/${subject}` });
}

/** Whom the request's cookie stands for; the public without a live session. */
async function signedIn(headers: Headers, { db, env, staffIssuer, now, used }: Door): Promise<Principal> {
  const secret = secretIn(headers, env);
  if (secret === null) return { kind: 'public' };
  const presented = { hash: hashOf(secret), rootHash: rootHash(env.ADMIN_API_TOKEN), staffIssuer, now };
  return (await findSessionPrincipal(db, presented, used)) ?? { kind: 'public' };
}
