/** What the operator calls the fields of meters of his own. */
import { ownFields } from '../src/contracts/own-meters.ts';
import { listOwnMeters } from '../src/contracts/routes/own-meters.ts';
import type { QuantityField } from '../src/contracts/usage.ts';
import type { Api } from './api.ts';

/** Column titles by field; a field that is in none has its own name. */
export type Titles = Partial<Record<QuantityField, string>>;

/** Asked for only where such a field is shown. An API that does not say leaves the fields their names. */
export async function ownTitles(api: Api, customerId: string, shown: readonly QuantityField[]): Promise<Titles> {
  if (!ownFields.some((field) => shown.includes(field))) return {};
  const read = await api.call(listOwnMeters, { params: { customerId } });
  if (!read.ok) return {};
  return Object.fromEntries(read.value.items.map(({ field, title, unit }) => [field, `${title} (${unit})`]));
}
