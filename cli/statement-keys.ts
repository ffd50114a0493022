/**
 * `generate-keys --statements`: STATEMENT_PRIVATE_KEYS, a JSON array of private EC JWKs (P-256). The first signs. A new one goes in
 * front: nobody must know a key of statements before it signs, and public halves stay published by themselves.
 */
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';
import { parseJson } from '../src/lib/json.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import { type Done, done } from './command.ts';
import type { Failure } from './failure.ts';
import { readText, writeNew } from './key-files.ts';
import { type JsonOption, print } from './output.ts';
import type { World } from './world.ts';

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/);
const privateJwk = z.looseObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: base64url,
  y: base64url,
  d: base64url,
});
type StatementKey = z.infer<typeof privateJwk>;

/** secrets.json of a platform of `npm start`, which keeps the set as text. */
const secretsOfPlatform = z.looseObject({ statement_private_keys: z.string() });

export interface StatementKeysWish extends JsonOption {
  out?: string;
  add?: string;
}

async function newKey(): Promise<StatementKey> {
  const jwk = await exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey);
  return privateJwk.parse({ ...jwk, alg: 'ES256', use: 'sig', kid: await calculateJwkThumbprint(jwk, 'sha256') });
}

/** The set of a file; the failure is one line without any of it. */
async function readSet(path: string): Promise<Result<StatementKey[], Failure>> {
  const text = await readText(path);
  if (!text.ok) return text;
  const value = parseJson(text.value);
  const kept = secretsOfPlatform.safeParse(value);
  const read = z
    .array(privateJwk)
    .min(1)
    .safeParse(kept.success ? parseJson(kept.data.statement_private_keys) : value);
  return read.success
    ? ok(read.data)
    : err({ kind: 'failed', message: `${path}: is not an array of private EC JWKs of P-256` });
}

/** Makes the set, new or with one key more, and prints it or writes it to a file that only its owner reads. */
export async function generateStatementKeys(world: World, options: StatementKeysWish): Done {
  const before = options.add === undefined ? ok([]) : await readSet(options.add);
  if (!before.ok) return before;
  const set = [await newKey(), ...before.value];
  const text = JSON.stringify(set);
  if (options.out !== undefined) {
    const written = await writeNew(options.out, text);
    if (!written.ok) return written;
  }
  const keys = await Promise.all(
    set.map(async (key, i) => ({ kid: await calculateJwkThumbprint(key, 'sha256'), signs: i === 0 })),
  );
  const secret = options.out === undefined ? { statement_private_keys: set } : { file: options.out };
  print(world, options, { ...secret, keys }, [
    options.out === undefined
      ? `STATEMENT_PRIVATE_KEYS='${text}'`
      : `${options.out}: STATEMENT_PRIVATE_KEYS, mode 0600`,
    ...keys.map(({ kid, signs }) => `# ${kid} (${signs ? 'signs' : 'published'})`),
  ]);
  if (options.out === undefined) world.note('Keep the first line secret: it signs statements of invoices.');
  return done;
}
