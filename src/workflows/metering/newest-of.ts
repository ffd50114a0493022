/** One list of what lies in several shards, newest first, a page at a time; each shard gives only its part of the page. */
import { type Db, openDb } from '../../db/client.ts';

/** How a shard is asked for its part. */
export interface Listed<T> {
  /** When the newest `count` were made, newest first, and how many there are. */
  timesOf: (db: Db, count: number) => Promise<{ times: number[]; total: number }>;
  /** Rows of the shard, newest first. */
  rowsOf: (db: Db, count: number, offset: number) => Promise<T[]>;
  timeOf: (row: T) => number;
}

/** The rows of the page, each with the shard that it lies in. */
export async function newestOf<T>(
  databases: readonly D1Database[],
  { page, limit }: { page: number; limit: number },
  { timesOf, rowsOf, timeOf }: Listed<T>,
): Promise<{ items: { shard: Db; row: T }[]; total: number }> {
  const offset = (page - 1) * limit;
  const shards = await Promise.all(
    databases.map(async (database) => {
      const shard = openDb(database);
      return { shard, ...(await timesOf(shard, offset + limit)) };
    }),
  );
  const order = shards.flatMap(({ times }, place) => times.map((at) => ({ place, at }))).sort((a, b) => b.at - a.at);
  const partOf = (from: number, to: number, place: number) =>
    order.slice(from, to).filter((one) => one.place === place).length;
  const parts = await Promise.all(
    shards.map(async ({ shard }, place) => {
      const count = partOf(offset, offset + limit, place);
      const rows = count === 0 ? [] : await rowsOf(shard, count, partOf(0, offset, place));
      return rows.map((row) => ({ shard, row }));
    }),
  );
  const items = parts.flat().sort((a, b) => timeOf(b.row) - timeOf(a.row));
  return { items, total: shards.reduce((sum, { total }) => sum + total, 0) };
}
