/** What is large of statements, in the usage shard of their customer. Owns `statement_parts`. */
import { sql } from 'drizzle-orm';
import { base64url } from 'jose';
import { commit, type Db } from '../db/client.ts';
import { write } from '../db/write.ts';
import { gunzip, gzip } from '../lib/gzip.ts';
import { sha256Hex } from '../lib/keys.ts';

/** Which text of a statement. */
export interface Place {
  invoiceId: string;
  /** One preparing or one signing: what two of them write never mixes. */
  run: string;
  kind: 'windows' | 'basis' | 'jws';
}

/**
 * Characters of one part before it is packed: digits and base64url pack to three quarters or less, and those as base64url to
 * less than a megabyte.
 */
const partCharacters = 900_000;

/** Takes text piece by piece and stores it in parts. */
export function partWriter(shard: Db, { invoiceId, run, kind }: Place) {
  let waiting: string[] = [];
  let length = 0;
  let parts = 0;
  const flush = async (): Promise<void> => {
    const text = waiting.join('');
    const [body, sha256] = [base64url.encode(await gzip(text)), await sha256Hex(text)];
    await commit(shard, [
      write(sql`INSERT INTO statement_parts (invoice_id, run, kind, part, sha256, body)
        VALUES (${invoiceId}, ${run}, ${kind}, ${parts}, ${sha256}, ${body})`),
    ]);
    parts += 1;
    waiting = [];
    length = 0;
  };
  return {
    async add(text: string): Promise<void> {
      for (let at = 0; at < text.length; at += partCharacters) {
        const piece = text.slice(at, at + partCharacters);
        if (length + piece.length > partCharacters) await flush();
        waiting.push(piece);
        length += piece.length;
      }
    },
    /** @returns how many parts there are */
    async end(): Promise<number> {
      if (length > 0) await flush();
      return parts;
    },
  };
}

/** The parts of a text in order, each whole. @throws Error when one is missing or damaged */
export async function* readParts(shard: Db, { invoiceId, run, kind }: Place, count: number): AsyncGenerator<string> {
  for (let part = 0; part < count; part++) {
    const rows = await shard.all<{ sha256: string; body: string }>(sql`SELECT sha256, body FROM statement_parts
      WHERE invoice_id = ${invoiceId} AND run = ${run} AND kind = ${kind} AND part = ${part}`);
    const text = rows[0] ? await gunzip(base64url.decode(rows[0].body)) : null;
    if (text === null || (await sha256Hex(text)) !== rows[0]?.sha256) {
      throw new Error(`part ${part} of ${count} of the ${kind} of ${invoiceId} is missing or damaged`);
    }
    yield text;
  }
}

/** How many parts a text has. */
export async function countParts(shard: Db, { invoiceId, run, kind }: Place): Promise<number> {
  const rows = await shard.all<{ parts: number }>(sql`SELECT count(*) AS parts FROM statement_parts
    WHERE invoice_id = ${invoiceId} AND run = ${run} AND kind = ${kind}`);
  return rows[0]?.parts ?? 0;
}

/** A text that is needed whole. */
export async function readText(shard: Db, place: Place): Promise<string> {
  const parts: string[] = [];
  for await (const part of readParts(shard, place, await countParts(shard, place))) parts.push(part);
  return parts.join('');
}

/** Forgets what other preparings and signings of an invoice have left. */
export const keepOnly = (shard: Db, invoiceId: string, runs: readonly string[]): Promise<void> =>
  commit(shard, [
    write(sql`DELETE FROM statement_parts WHERE invoice_id = ${invoiceId}
      AND run NOT IN (SELECT value FROM json_each(${JSON.stringify(runs)}))`),
  ]);
