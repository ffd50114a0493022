/**
 * The keys that sign statements: a set of their own, of another algorithm than licences, so that neither is ever taken for the
 * other. The first signs. A public half stays published for ever (key-store.ts), because a statement of years ago must still
 * verify; its private half may leave the secret once another signs. Pure.
 */
import { CompactSign, calculateJwkThumbprint, importJWK, type JWK } from 'jose';
import { type StatementPayload, statementTyp } from '../contracts/statements.ts';
import { parseJson } from '../lib/json.ts';
import { iso } from '../lib/time.ts';

/** The one algorithm of statements. */
export const statementAlg = 'ES256';
const curve = 'P-256';

/** A public key as it is published: only what it needs to be, whatever the secret holds beside it. */
export interface StatementJwk {
  kty: 'EC';
  crv: typeof curve;
  x: string;
  y: string;
  kid: string;
  alg: typeof statementAlg;
  use: 'sig';
  /** What these keys sign, and nothing else (the JWS's own `typ`). */
  typ: typeof statementTyp;
}

interface SigningKey {
  privateKey: CryptoKey;
  publicJwk: StatementJwk;
}

export interface StatementKeys {
  keys: readonly [SigningKey, ...SigningKey[]];
}

const wrong = (what: string): Error => new Error(`STATEMENT_PRIVATE_KEYS: ${what}`);

async function readKey(given: unknown): Promise<SigningKey> {
  const { kty, crv, x, y, d } = (given ?? {}) as JWK;
  if (kty !== 'EC' || crv !== curve || !x || !y || !d) throw wrong(`every key must be a private EC JWK of ${curve}`);
  const kid = await calculateJwkThumbprint({ kty, crv, x, y }, 'sha256');
  try {
    const privateKey = (await importJWK({ kty, crv, x, y, d }, statementAlg, { extractable: false })) as CryptoKey;
    return { privateKey, publicJwk: { kty: 'EC', crv, x, y, kid, alg: statementAlg, use: 'sig', typ: statementTyp } };
  } catch {
    throw wrong('a key is damaged');
  }
}

let cached: { source: string; keys: Promise<StatementKeys> } | null = null;

/**
 * Parses STATEMENT_PRIVATE_KEYS, a JSON array of private EC JWKs, once an isolate.
 * @throws Error with one line that names what is wrong and prints no key
 */
export function openStatementKeys(source: string): Promise<StatementKeys> {
  if (cached?.source !== source) {
    cached = { source, keys: parse(source) };
    cached.keys.catch(() => {
      cached = null;
    });
  }
  return cached.keys;
}

async function parse(source: string): Promise<StatementKeys> {
  const jwks = parseJson(source);
  if (!Array.isArray(jwks)) throw wrong('must be a JSON array');
  const [first, ...others] = await Promise.all(jwks.map(readKey));
  if (first === undefined) throw wrong('must have at least one key');
  return { keys: [first, ...others] };
}

/** The public halves of the set, the one that signs in front. */
export const publicKeysOf = ({ keys }: StatementKeys): StatementJwk[] => keys.map(({ publicJwk }) => publicJwk);

/**
 * The statement's JWS. Its header carries the public key, so that a copy that was changed is seen without any other file; whose
 * key it is, only the published set says.
 */
export async function signStatement({ keys: [first] }: StatementKeys, payload: StatementPayload): Promise<string> {
  const { kid, kty, crv, x, y } = first.publicJwk;
  return await new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: statementAlg, typ: statementTyp, kid, jwk: { kty, crv, x, y } })
    .sign(first.privateKey);
}

/** What a statement is saved as. */
export const fileNameOf = (invoiceId: string, start: number): string =>
  `statement-${iso(start).slice(0, 'YYYY-MM-DD'.length)}-${invoiceId}.gz`;
