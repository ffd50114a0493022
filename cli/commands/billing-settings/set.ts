/** `billing-settings set`: sets what is named and leaves the rest; `none` takes a setting back. */
import { type BillingBody, billingBody } from '../../../src/contracts/billing.ts';
import { setBilling } from '../../../src/contracts/routes/billing.ts';
import { parseJson } from '../../../src/lib/json.ts';
import type { Api } from '../../api.ts';
import { by, type Define, type Done, done, invalid } from '../../command.ts';
import { type CustomerOption, onCustomer, takesCustomer } from '../../find-customer.ts';
import { billingLines } from '../../format/billing-settings.ts';
import { wholeNumber } from '../../numbers.ts';
import { type JsonOption, jsonOption, print } from '../../output.ts';
import type { World } from '../../world.ts';

/** A setting is taken back; commander would make an empty text of null. */
const none = Symbol('none');
type None = typeof none;
const orNull = <T>(given: T | None | undefined): T | null | undefined => (given === none ? null : given);

interface Options extends JsonOption, CustomerOption {
  collection?: BillingBody['collection'];
  netDays?: None | BillingBody['net_days'];
  taxExempt?: BillingBody['tax_exempt'];
  po?: None | BillingBody['po_number'];
  taxId?: BillingBody['tax_ids'];
  address?: None | BillingBody['address'];
  email?: None | BillingBody['billing_email'];
}

const { shape } = billingBody;

const orNone =
  <T>(read: (text: string) => T) =>
  (text: string): T | None =>
    text === 'none' ? none : read(text);

const asJson =
  <T>(read: (value: unknown) => T) =>
  (text: string): T =>
    read(parseJson(text));

/** `eu_vat:DE123456789`; given again it is another one, and `none` takes all of them back. */
function taxIds(text: string, before: BillingBody['tax_ids'] = []): BillingBody['tax_ids'] {
  if (text === 'none') return [];
  const at = text.indexOf(':');
  const read = shape.tax_ids.safeParse([
    ...before,
    { type: text.slice(0, Math.max(0, at)), value: text.slice(at + 1) },
  ]);
  if (read.success) return read.data;
  throw invalid('must be KIND:NUMBER, such as eu_vat:DE123456789, at most five');
}

const address = asJson((value) => {
  const read = shape.address.safeParse(value);
  if (read.success && read.data) return read.data;
  throw invalid(`must be JSON such as {"line1": "…", "city": "…", "postal_code": "…", "country": "DE"}`);
});

function bodyOf({ collection, netDays, taxExempt, po, taxId, address: where, email }: Options): BillingBody {
  const all = {
    collection,
    net_days: orNull(netDays),
    tax_exempt: taxExempt,
    po_number: orNull(po),
    tax_ids: taxId,
    address: orNull(where),
    billing_email: orNull(email),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as BillingBody;
}

async function set(world: World, api: Api, id: string, options: Options): Done {
  const body = bodyOf(options);
  if (Object.keys(body).length === 0) {
    return { ok: false, error: { kind: 'usage', message: 'nothing is set: name a setting, e.g. --po PO-2026-77' } };
  }
  const changed = await api.call(setBilling, { params: { customerId: id }, body });
  if (!changed.ok) return changed;
  print(world, options, changed.value, billingLines(changed.value.billing));
  return done;
}

export const billingSettingsSetCommand: Define = ({ program, world, withApi }) => {
  takesCustomer(program.command('set'))
    .description('set what is named, and leave the rest')
    .option('--collection <how>', 'card: charged; invoice: sent, to be paid within --net-days', by(shape.collection))
    .option('--net-days <days>', 'days to pay an invoice; none: 30', orNone(wholeNumber(shape.net_days)))
    .option('--tax-exempt <how>', 'none, exempt, or reverse (reverse charge)', by(shape.tax_exempt))
    .option('--po <number>', 'purchase order on invoices, or none', orNone(by(shape.po_number)))
    .option('--tax-id <kind:number>', 'e.g. eu_vat:DE123456789; again for another one; none takes all back', taxIds)
    .option('--address <json>', 'what tax is worked out by, or none', orNone(address))
    .option('--email <email>', "where invoices go; none: the customer's own", orNone(by(shape.billing_email)))
    .option(...jsonOption)
    .action(withApi(onCustomer((api, id, options: Options) => set(world, api, id, options))));
};
