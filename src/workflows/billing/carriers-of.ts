/** Which invoices have what corrections have moved, by the correction. Reads only. */
import type { Db } from '../../db/client.ts';
import { findCarriers, type Moved } from '../../invoices/carrier-store.ts';
import type { StoredCorrection } from '../../usage/correction-store.ts';

/** What has moved nothing is no line of a later invoice. */
const isCarried = ({ invoice, deltaCents }: Pick<StoredCorrection, 'invoice' | 'deltaCents'>): boolean =>
  invoice === 'this' || (invoice !== null && deltaCents !== 0);

export const carriersOf = (
  db: Db,
  corrections: readonly (Moved & Pick<StoredCorrection, 'invoice' | 'deltaCents'>)[],
): Promise<ReadonlyMap<string, string>> => findCarriers(db, corrections.filter(isCarried));
