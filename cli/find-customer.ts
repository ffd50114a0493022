/**
 * The one way to name a customer: id, short id or email, as an argument or with `--customer`. An id is taken as it is; for
 * the others the API's list is searched, and only an exact match counts.
 */
import { type Command, Option } from 'commander';
import type { CustomerList } from '../src/contracts/customers.ts';
import { listCustomers } from '../src/contracts/routes/customers.ts';
import { idPattern } from '../src/lib/ids.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import type { Api } from './api.ts';
import { type Done, done, invalid } from './command.ts';
import type { Failure } from './failure.ts';
import { readAll } from './pages.ts';

export interface CustomerOption {
  customer?: CustomerName;
  /** The older spelling of `--customer`. */
  id?: CustomerName;
}

export type CustomerName = { by: 'id' | 'short id' | 'email'; text: string };

const shortId = /^[0-9a-f]{8}$/;
const help = 'its id, short id or email';

/** Reads a name by its form; commander shows what is thrown as one line. */
function toCustomerName(text: string): CustomerName {
  if (idPattern('customer').test(text)) return { by: 'id', text };
  if (shortId.test(text)) return { by: 'short id', text };
  if (/^[^\s@]+@[^\s@]+$/.test(text)) return { by: 'email', text: text.toLowerCase() };
  throw invalid('must be a customer: cust_ + 32 hex digits, the short id (8 hex digits) or the email');
}

/** Adds `[customer]` and `--customer` to a command. */
export const takesCustomer = (command: Command): Command =>
  command
    .argument('[customer]', help, toCustomerName)
    .option('--customer <customer>', help, toCustomerName)
    .addOption(new Option('--id <customer>').argParser(toCustomerName).hideHelp());

/** The customer that the call names, undefined without one. */
function namedCustomer(
  argument: CustomerName | undefined,
  options: CustomerOption,
): Result<CustomerName | undefined, Failure> {
  const [name, ...others] = [argument, options.customer, options.id].filter((given) => given !== undefined);
  if (others.some((other) => other.text !== name?.text)) {
    return err({ kind: 'usage', message: 'two customers are named; give one' });
  }
  return ok(name);
}

const isMeant = (name: CustomerName, one: CustomerList['items'][number]): boolean =>
  name.by === 'email' ? one.email.toLowerCase() === name.text : one.short_id === name.text;

/** The id of a named customer. */
async function findCustomerId(api: Api, name: CustomerName): Promise<Result<string, Failure>> {
  if (name.by === 'id') return ok(name.text);
  const read = await readAll((page, limit) => api.call(listCustomers, { query: { q: name.text, page, limit } }));
  if (!read.ok) return read;
  const found = read.value.items.find((one) => isMeant(name, one));
  return found === undefined
    ? err({ kind: 'failed', message: `no customer has the ${name.by} ${name.text}` })
    : ok(found.customer_id);
}

/**
 * Work on one customer: its name and whatever `check` looks at are judged before anything is sent, then the customer is
 * looked up.
 */
export const onCustomer =
  <O extends CustomerOption>(
    work: (api: Api, id: string, options: O) => Done,
    check: (options: O) => Result<void, Failure> = () => done,
  ) =>
  async (api: Api, argument: CustomerName | undefined, options: O): Done => {
    const name = namedCustomer(argument, options);
    if (!name.ok) return name;
    if (name.value === undefined) {
      return err({ kind: 'usage', message: 'which customer? Give its id, short id or email' });
    }
    const checked = check(options);
    if (!checked.ok) return checked;
    const id = await findCustomerId(api, name.value);
    return id.ok ? await work(api, id.value, options) : id;
  };

/** Work on one customer or, when none is named, on whatever there is. */
export const onAnyCustomer =
  <O extends CustomerOption>(work: (api: Api, id: string | undefined, options: O) => Done) =>
  async (api: Api, argument: CustomerName | undefined, options: O): Done => {
    const name = namedCustomer(argument, options);
    if (!name.ok) return name;
    if (name.value === undefined) return await work(api, undefined, options);
    const id = await findCustomerId(api, name.value);
    return id.ok ? await work(api, id.value, options) : id;
  };

/** Work on one customer or, with `--all`, on every one; neither or both is a wrong call. */
export const onCustomerOrAll =
  <O extends CustomerOption & { all?: boolean }>(
    one: (api: Api, id: string, options: O) => Done,
    all: (api: Api, options: O) => Done,
    check: (options: O) => Result<void, Failure> = () => done,
  ) =>
  async (api: Api, argument: CustomerName | undefined, options: O): Done => {
    const name = namedCustomer(argument, options);
    if (!name.ok) return name;
    if ((name.value === undefined) === (options.all === undefined)) {
      return err({ kind: 'usage', message: 'give either a customer or --all' });
    }
    const checked = check(options);
    if (!checked.ok) return checked;
    if (name.value === undefined) return await all(api, options);
    const id = await findCustomerId(api, name.value);
    return id.ok ? await one(api, id.value, options) : id;
  };
