/** Replaces a customer's allowances and prices. */
import type { OverridesBody } from '../../contracts/cost.ts';
import type { WholeCustomer } from '../../customers/store.ts';
import { err, ok } from '../../lib/result.ts';
import { readOverrides } from '../../pricing/overrides.ts';
import { findOwnMeters } from '../../pricing/own-meter-store.ts';
import { setOverrides } from '../../pricing/store.ts';
import type { Overrides } from '../../pricing/stretch.ts';
import type { Context, Planned } from '../deed.ts';

export async function replaceOverrides(
  { db, now }: Context,
  { customer }: WholeCustomer,
  body: OverridesBody,
): Promise<Planned<Overrides>> {
  const read = readOverrides(body, await findOwnMeters(db));
  if (!read.ok) {
    const { code, message, path } = read.error;
    return err({ code, message, details: { issues: [{ path, message }] } });
  }
  const { allowances, prices } = read.value;
  return ok({
    value: read.value,
    writes: [setOverrides(customer.id, read.value, now)],
    audit: [{ action: 'overrides.replaced', subject: customer.id, details: { allowances, prices } }],
  });
}
