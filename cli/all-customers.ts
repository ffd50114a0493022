/** Every customer, and a deed done to each of them, one after the other, at a bounded rate. */
import { z } from 'zod';
import type { CustomerList } from '../src/contracts/customers.ts';
import { listCustomers } from '../src/contracts/routes/customers.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import { secondMs } from '../src/lib/time.ts';
import type { Api } from './api.ts';
import { done } from './command.ts';
import { type Failure, lineOf } from './failure.ts';
import { counted } from './format/amounts.ts';
import { type JsonOption, print } from './output.ts';
import { readAll } from './pages.ts';
import type { World } from './world.ts';

export type Customer = CustomerList['items'][number];

/** Each customer once, newest first, although others may sign up while the pages are read. */
export async function allCustomers(world: World, api: Api): Promise<Result<Customer[], Failure>> {
  const read = await readAll((page, limit) => api.call(listCustomers, { query: { page, limit } }), {
    idOf: (customer) => customer.customer_id,
    onPage: (seen, total) => world.note(`listed ${seen} of ${total} customers`),
  });
  return read.ok ? ok(read.value.items) : read;
}

/** Customers a second; a fleet must not make the queue wait for one order. */
export const rateOption = z.coerce.number().min(0.1).max(100);
export const rateDefault = 5;

export interface Deed<T> {
  customer: Customer;
  /** Null when it was refused. */
  value: T | null;
  problem: string | null;
}

/**
 * Does it to each, tells how far it is, and goes on after one that is refused. An API that is not there ends it: the failure
 * says how many were done.
 */
export async function doToEach<T>(
  world: World,
  customers: readonly Customer[],
  ratePerSecond: number,
  deed: (customer: Customer) => Promise<Result<T, Failure>>,
): Promise<Result<Deed<T>[], Failure>> {
  const deeds: Deed<T>[] = [];
  for (const customer of customers) {
    const startedAt = world.now();
    const did = await deed(customer);
    if (!did.ok && did.error.kind === 'unreachable') {
      const message = `${did.error.message}; ${deeds.length} of ${customers.length} customers were done`;
      return err({ ...did.error, message });
    }
    const problem = did.ok ? null : lineOf(did.error).replace(/^error: /, '');
    deeds.push({ customer, value: did.ok ? did.value : null, problem });
    world.note(
      `${deeds.length} of ${customers.length}: ${customer.customer_id}${problem === null ? '' : `: ${problem}`}`,
    );
    const restMs = secondMs / ratePerSecond - (world.now() - startedAt);
    if (restMs > 0 && deeds.length < customers.length) await world.sleep(Math.ceil(restMs));
  }
  return ok(deeds);
}

/**
 * Prints what became of each: those that were refused with their reasons, then how many were not. `fields` are what an item
 * says beside its customer and problem. One refusal is enough for the command to have failed.
 */
export function printDeeds<T>(
  world: World,
  options: JsonOption,
  deeds: readonly Deed<T>[],
  { fields, summary }: { fields: (value: T | null) => object; summary: (accepted: string) => string },
): Result<void, Failure> {
  const items = deeds.map(({ customer, value, problem }) => ({
    customer_id: customer.customer_id,
    ...fields(value),
    problem,
  }));
  const refused = items.filter((item) => item.problem !== null);
  const all = counted(items.length, 'customer');
  print(world, options, { items, total: items.length }, [
    ...refused.map((item) => `${item.customer_id}: ${item.problem}`),
    summary(`${items.length - refused.length} of ${all}`),
  ]);
  return refused.length === 0 ? done : err({ kind: 'failed', message: `refused: ${refused.length} of ${all}` });
}
