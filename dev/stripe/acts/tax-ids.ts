/** Puts a tax id on a customer. */
import type { Context } from '../context.ts';
import { refuse } from '../errors.ts';
import { newId } from '../ids.ts';
import { isTaxId, type TaxId } from '../objects/tax-id.ts';
import { secondsOf } from '../seconds.ts';
import { rendered } from '../wires.ts';

/** Refuses a number that does not look like one of its type. */
export function addTaxId(context: Context, customer: string, type: string, value: string): TaxId {
  if (!isTaxId(type, value)) refuse(`Invalid value for ${type}.`, 'tax_id_invalid', 'value');
  const taxId = { id: newId('txi'), created: secondsOf(context.now), customer, type, value };
  context.store.put('tax_id', taxId);
  context.emit('customer.tax_id.created', rendered(context, 'tax_id', taxId));
  return taxId;
}
