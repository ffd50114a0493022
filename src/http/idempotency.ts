/**
 * Idempotency-Key: the first 2xx answer again for 24 h. A marker row says that a request runs (60 s at most, then another
 * may take over); the answer is stored in the same batch as the effect, guarded by the marker, so that two holders can
 * never both take effect. Answers may carry a key just made: they are encrypted under a key derived from the header's
 * value, which is itself never stored (contract: Idempotency-Key).
 */
import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import type { Failure } from '../contracts/failures.ts';
import { commit, type Db } from '../db/client.ts';
import { guard } from '../db/guards.ts';
import { idempotencyKeys } from '../db/work-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import { sha256Hex } from '../lib/keys.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { dayMs, minuteMs } from '../lib/time.ts';
import type { Answer, Receipt } from './endpoint.ts';

const runningMs = minuteMs;
const keptMs = dayMs;
const saltBytes = 12;

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A key for one purpose, derived from the Idempotency-Key, which is not stored: who reads the table has none of them. */
async function derive(
  key: string,
  hash: string,
  purpose: 'answer' | 'body',
  kind: { name: 'AES-GCM'; length: 256 } | { name: 'HMAC'; hash: 'SHA-256'; length: 256 },
  usages: string[],
): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', bytesOf(key), 'HKDF', false, ['deriveKey']);
  const info = bytesOf(`tenantry idempotency ${purpose} v1`);
  const params = { name: 'HKDF', hash: 'SHA-256', salt: bytesOf(hash), info };
  return await crypto.subtle.deriveKey(params, base, kind, false, usages);
}

const cipherKey = (key: string, hash: string) =>
  derive(key, hash, 'answer', { name: 'AES-GCM', length: 256 }, ['encrypt', 'decrypt']);

/** Tells one body from another. Not a plain hash: a body may hold a password, which could be guessed from one. */
async function bodyMark(key: string, hash: string, body: unknown): Promise<string> {
  const hmac = await derive(key, hash, 'body', { name: 'HMAC', hash: 'SHA-256', length: 256 }, ['sign']);
  return Buffer.from(await crypto.subtle.sign('HMAC', hmac, bytesOf(JSON.stringify(body)))).toString('hex');
}

async function seal(key: string, hash: string, text: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(saltBytes));
  const data = bytesOf(text);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await cipherKey(key, hash), data);
  return `${Buffer.from(iv).toString('base64')}.${Buffer.from(sealed).toString('base64')}`;
}

async function unseal(key: string, hash: string, text: string): Promise<string> {
  const [iv = '', sealed = ''] = text.split('.').map((part) => Buffer.from(part, 'base64'));
  const options = { name: 'AES-GCM', iv: iv as Uint8Array<ArrayBuffer> };
  const plain = await crypto.subtle.decrypt(options, await cipherKey(key, hash), sealed as Uint8Array<ArrayBuffer>);
  return new TextDecoder().decode(plain);
}

/** Either go on (with the receipt that stores the answer), or the stored answer. */
export type Admission =
  | { kind: 'run'; receipt: Receipt; release: () => Promise<void> }
  | { kind: 'replay'; answer: Answer };

/** A route without the header: nothing is stored. */
export const noReceipt: Admission = { kind: 'run', receipt: async () => [], release: async () => {} };

export interface IdempotentRequest {
  principal: string;
  method: string;
  path: string;
  key: string;
  body: unknown;
  holder: string;
  now: number;
}

/** Admits a request under its key, replays the first answer, or refuses (409). */
export async function admit(db: Db, request: IdempotentRequest): Promise<Result<Admission, Failure>> {
  if (!/^[\x21-\x7e]{16,255}$/.test(request.key)) {
    return err({ code: 'invalid_idempotency_key', message: 'Idempotency-Key must be 16 to 255 printable characters' });
  }
  const hash = await sha256Hex(JSON.stringify([request.principal, request.method, request.path, request.key]));
  const bodyHash = await bodyMark(request.key, hash, request.body);
  const { now, holder } = request;
  await commit(db, [
    write(build.delete(idempotencyKeys).where(and(eq(idempotencyKeys.hash, hash), lt(idempotencyKeys.expiresAt, now)))),
    write(
      build
        .insert(idempotencyKeys)
        .values({ hash, bodyHash, holder, lockedUntil: now + runningMs, expiresAt: now + keptMs })
        .onConflictDoUpdate({
          target: idempotencyKeys.hash,
          set: { holder, lockedUntil: now + runningMs },
          setWhere: sql`status IS NULL AND locked_until < ${now} AND body_hash = ${bodyHash}`,
        }),
    ),
  ]);
  const [row] = await db.select().from(idempotencyKeys).where(eq(idempotencyKeys.hash, hash));
  if (row && row.bodyHash !== bodyHash) {
    return err({ code: 'idempotency_conflict', message: 'this Idempotency-Key was used with another body' });
  }
  if (row && row.status !== null && row.answer !== null) {
    const body = JSON.parse(await unseal(request.key, hash, row.answer)) as unknown;
    return ok({ kind: 'replay', answer: { status: row.status, body, headers: { 'idempotency-replayed': 'true' } } });
  }
  if (row?.holder !== holder) {
    return err({
      code: 'idempotency_in_progress',
      message: 'the first request with this Idempotency-Key is still running',
      retryAfterSeconds: 1,
    });
  }
  const mine = and(eq(idempotencyKeys.hash, hash), eq(idempotencyKeys.holder, holder), isNull(idempotencyKeys.status));
  const receipt: Receipt = async ({ status, body }) => {
    const answer = await seal(request.key, hash, JSON.stringify(body));
    return [
      guard(
        'idempotency_holder',
        sql`EXISTS (SELECT 1 FROM idempotency_keys WHERE hash = ${hash} AND holder = ${holder} AND status IS NULL)`,
      ),
      write(build.update(idempotencyKeys).set({ status, answer }).where(mine)),
    ];
  };
  const release = async () => {
    await commit(db, [write(build.delete(idempotencyKeys).where(mine))]);
  };
  return ok({ kind: 'run', receipt, release });
}

/** Statement of the cron that forgets answers older than 24 h. */
export const forgetExpired = (now: number): Write =>
  write(build.delete(idempotencyKeys).where(lt(idempotencyKeys.expiresAt, now)));
