/** `/v1/customers/:id/tax_ids`: https://docs.stripe.com/api/tax_ids */
import { addTaxId } from '../acts/tax-ids.ts';
import type { Operation } from '../context.ts';
import { missing, Refusal } from '../errors.ts';
import { taxIdTypes } from '../objects/tax-id.ts';
import { operation } from '../operation.ts';
import type { Wire } from '../wire.ts';
import { rendered } from '../wires.ts';
import { find, findCustomer, listed, paging } from './shared.ts';

const url = '/v1/customers/:customer/tax_ids';

export const taxIds: readonly Operation[] = [
  operation({
    method: 'POST',
    path: url,
    parameters: { type: { must: { one: taxIdTypes } }, value: { must: 'text' } },
    run(context, { path: { customer = '' }, values: { type, value } }) {
      findCustomer(context, customer, 'id');
      return rendered(context, 'tax_id', addTaxId(context, customer, type, value));
    },
  }),
  operation({
    method: 'GET',
    path: url,
    parameters: paging,
    run(context, { path: { customer = '' }, values }) {
      findCustomer(context, customer, 'id');
      return listed(context, 'tax_id', `/v1/customers/${customer}/tax_ids`, values, { customer });
    },
  }),
  operation({
    method: 'GET',
    path: `${url}/:id`,
    parameters: {},
    run: (context, { path: { id = '' } }) => rendered(context, 'tax_id', find(context, 'tax_id', id)),
  }),
  operation({
    method: 'DELETE',
    path: `${url}/:id`,
    parameters: {},
    run(context, { path: { customer = '', id = '' } }) {
      const taxId = find(context, 'tax_id', id);
      if (taxId.customer !== customer) throw new Refusal(missing('tax_id', id));
      context.store.remove(id);
      context.emit('customer.tax_id.deleted', rendered(context, 'tax_id', taxId));
      return { id, object: 'tax_id', deleted: true } as Wire;
    },
  }),
];
