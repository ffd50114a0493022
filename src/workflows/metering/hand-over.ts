/**
 * How meters are taken from a reporter so that no window is billed twice: its reports may still be on their way when what
 * it has stored is looked at, and control and shard share no transaction. So the customer's fence in the shard is raised
 * first; whatever was judged before the change then either is stored and seen, or meets the fence and is judged again.
 */
import { commit, type Db } from '../../db/client.ts';
import { GuardFailed } from '../../db/failure.ts';
import { guard } from '../../db/guards.ts';
import type { Write } from '../../db/write.ts';
import { findOwnershipVersion, isOwnershipVersion } from '../../reporters/ownership-store.ts';
import { raiseFence } from '../../usage/fence-store.ts';

/** Changes of one customer's ownership that meet this often in a row are a fault, not a race. */
const attemptsMax = 3;

/**
 * Raises the fence over a customer's ownership as it is now: what is stored may be looked at after this.
 * @returns what fails the change's batch when the ownership has changed since (in an object: a Write that is awaited runs)
 */
export async function fenceOff(
  { control, shard }: { control: Db; shard: Db },
  customerSeq: number,
): Promise<{ unchanged: Write }> {
  const version = await findOwnershipVersion(control, customerSeq);
  await commit(shard, [raiseFence(customerSeq, version + 1)]);
  return { unchanged: guard('ownership_version', isOwnershipVersion(customerSeq, version)) };
}

/**
 * Runs a change that takes meters away, again when the ownership changed beside it. The guard joins the change's batch;
 * whatever decides the change is read inside `change`, behind the fence.
 * A change that fails leaves the fence raised: the consumer brings the control database's count up to it.
 */
export async function handOver<T>(
  dbs: { control: Db; shard: Db },
  customerSeq: number,
  change: (unchanged: Write) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const { unchanged } = await fenceOff(dbs, customerSeq);
    try {
      return await change(unchanged);
    } catch (error) {
      if (!(error instanceof GuardFailed) || attempt === attemptsMax) throw error;
    }
  }
}
