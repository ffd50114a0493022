/** When each licence key was first seen among the published ones. Owns `licence_keys`. */
import { sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { licenceKeys } from '../db/licence-schema.ts';
import { type Write, write } from '../db/write.ts';
import type { Published } from './keyring.ts';

export async function findPublished(db: Db): Promise<Published> {
  const rows = await db.select().from(licenceKeys);
  return new Map(rows.map(({ kid, publishedAt }) => [kid, publishedAt]));
}

/** Notes keys as seen now; the first ones of all were there before anybody could hold an older set. */
export const notePublished = (kids: readonly string[], now: number): Write =>
  write(sql`
    INSERT INTO licence_keys (kid, published_at)
    SELECT value, iif(EXISTS (SELECT 1 FROM licence_keys), ${now}, 0) FROM json_each(${JSON.stringify(kids)}) WHERE true
    ON CONFLICT (kid) DO NOTHING`);
