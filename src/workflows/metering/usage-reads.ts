/** Where usage is read from: names in the control database, windows in one usage shard. */
import type { Db } from '../../db/client.ts';

export interface UsageReads {
  db: Db;
  shards: readonly D1Database[];
  /** Ms. */
  now: number;
}
