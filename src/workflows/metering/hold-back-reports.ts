/**
 * How meters are taken from a reporter so that no window is billed twice. Its reports may still be on their way when what
 * it has stored is looked at, and control database and shard share no transaction. So the shard is first told to store no
 * report of the customer that was judged by the ownership as it is now (the minimum version, src/usage/minimum-version-store.ts): whatever was
 * judged before the change then either is stored and seen, or is refused there and judged again.
 *
 * A change that never comes about leaves the shard demanding more than the control database has counted: whoever is to store
 * something of the customer brings the count up to it.
 */
import { raiseOwnershipVersion } from '../../customers/store.ts';
import { commit, type Db } from '../../db/client.ts';
import { guard } from '../../db/guards.ts';
import type { Write } from '../../db/write.ts';
import { findOwnershipVersion, isOwnershipVersion } from '../../reporters/ownership-store.ts';
import { findMinimumVersionsAbove, type Judged, raiseMinimumVersion } from '../../usage/minimum-version-store.ts';

/**
 * Raises the minimum version above a customer's ownership as it is now: what is stored may be looked at after this.
 * @returns the guard that fails the change's batch when the ownership has changed since
 */
export async function holdBackReports(
  { control, shard }: { control: Db; shard: Db },
  customerSeq: number,
): Promise<{ unchanged: Write }> {
  const version = await findOwnershipVersion(control, customerSeq);
  await commit(shard, [raiseMinimumVersion(customerSeq, version + 1)]);
  return { unchanged: guard('ownership_version', isOwnershipVersion(customerSeq, version)) };
}

/**
 * Brings the count of the control database up to the minimum versions that were not reached: what is judged after this may be stored. A
 * change that runs meanwhile is planned again.
 */
export async function countUp(
  { control, shard }: { control: Db; shard: Db },
  judged: readonly Judged[],
): Promise<void> {
  const minimums = await findMinimumVersionsAbove(shard, judged);
  await commit(
    control,
    minimums.map(({ customerSeq, version }) => raiseOwnershipVersion(customerSeq, version)),
  );
}
