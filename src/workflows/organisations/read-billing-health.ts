/** Up to when an organisation's usage is known. Reads only. */
import type { Failure } from '../../contracts/failures.ts';
import { shardOf } from '../../db/shards.ts';
import { ok, type Result } from '../../lib/result.ts';
import { dayMs } from '../../lib/time.ts';
import { newestEnd } from '../../usage/project-sums-store.ts';
import type { UsageReads } from '../metering/usage-reads.ts';
import { type Asker, findScope } from './find-scope.ts';

/** How far back usage is looked for, ms: whoever has sent nothing since has no usage to speak of. */
const lookBackMs = 35 * dayMs;

/** The end of the newest window of what the caller may see, ms; null when none has ended in 35 days. Two steps. */
export async function readBillingHealth(
  reads: UsageReads,
  asker: Asker,
): Promise<Result<{ asOf: number | null }, Failure>> {
  const scope = await findScope(reads, asker);
  if (!scope.ok) return scope;
  const shards = [...Map.groupBy(scope.value.measured, ({ usageShard }) => usageShard)];
  const ends = await Promise.all(
    shards.map(([usageShard, measured]) => newestEnd(shardOf(reads, { usageShard }), measured, reads.now - lookBackMs)),
  );
  const known = ends.filter((end) => end !== null);
  return ok({ asOf: known.length === 0 ? null : Math.max(...known) });
}
