/** Usage lives in several D1 databases, the shards; `customers.usage_shard` says which one holds a customer's windows. */
import { type Db, openDb } from './client.ts';

/** The bindings `USAGE_0…n`, in that order. */
export interface Shards {
  shards: readonly D1Database[];
}

/**
 * The shard of a customer.
 * @throws Error when the number is not bound: the deployment is broken, and no write may go elsewhere
 */
export function shardOf({ shards }: Shards, customer: { usageShard: number }): Db {
  const database = shards[customer.usageShard];
  if (!database) throw new Error(`the usage shard ${customer.usageShard} is not bound`);
  return openDb(database);
}
