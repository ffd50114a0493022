/** Replaces a customer's allowances and prices, with its audit row in the same batch. */
import { record } from '../../audit/store.ts';
import type { OverridesBody } from '../../contracts/cost.ts';
import { findCustomer } from '../../customers/store.ts';
import { commit } from '../../db/client.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type OverrideFault, readOverrides } from '../../pricing/overrides.ts';
import type { Overrides } from '../../pricing/rate.ts';
import { setOverrides } from '../../pricing/store.ts';
import type { Deps } from '../deps.ts';

export async function replaceOverrides(
  deps: Deps,
  customerId: string,
  body: OverridesBody,
): Promise<Result<Overrides, OverrideFault | 'not_found'>> {
  if (!(await findCustomer(deps.db, customerId))) return err('not_found');
  const read = readOverrides(body);
  if (!read.ok) return read;
  const details = { allowances: read.value.allowances, prices: read.value.prices };
  await commit(deps.db, [
    setOverrides(customerId, read.value, deps.now),
    record(deps.random, deps.actor, deps.now, { action: 'overrides.replaced', subject: customerId, details }),
  ]);
  return ok(read.value);
}
