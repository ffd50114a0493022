/**
 * Simulations: the periods of many customers rated by other plans. A simulation is a row; whoever takes it further (the
 * request that asked for it, then cron) commits a slice of customers at a time, so a kill loses a slice at most.
 */
import { type Failure, notFound } from '../../contracts/failures.ts';
import type { CustomerRow } from '../../customers/store.ts';
import { commit } from '../../db/client.ts';
import { asDatabaseError, DatabaseUnavailable, GuardFailed } from '../../db/failure.ts';
import { newId } from '../../lib/ids.ts';
import { reasonOf } from '../../lib/reason.ts';
import { err, ok } from '../../lib/result.ts';
import * as periodStore from '../../periods/store.ts';
import { whyOf } from '../../pricing/bill-change.ts';
import * as store from '../../pricing/simulation-store.ts';
import type { Context, Planned } from '../deed.ts';
import { each } from '../each.ts';
import { type BillComparison, compareBill } from './compare-bill.ts';
import { type Asked, proposedPlans } from './proposed-plans.ts';

/** Customers of one commit. */
const sliceSize = 50;
/** Customers of one tick, or one request: a customer costs some six reads of D1. */
const slicesPerTick = 10;
const simulationsPerTick = 3;
const atOnce = 8;

export interface SimulationInput extends Asked {
  /** The start of the periods, ms; null is each customer's last full one, or what runs. */
  periodStart: number | null;
  /** Null: everybody. */
  customerIds: readonly string[] | null;
}

/** Plans a simulation. @returns its id */
export async function beginSimulation(context: Context, input: SimulationInput): Promise<Planned<string>> {
  const { db, random, now } = context;
  const { periodStart } = input;
  const proposed = await proposedPlans(db, input);
  if (!proposed.ok) return proposed;
  const customerIds = input.customerIds && [...new Set(input.customerIds)];
  const count = await store.countChosen(db, customerIds);
  if (customerIds !== null && count < customerIds.length) return err(strangers);
  const id = newId('simulation', random);
  const { versions, sha256 } = proposed.value;
  return ok({
    value: id,
    writes: [
      store.insertSimulation({ id, sha256, proposed: versions, periodStart, customerIds, createdAt: now }, count),
    ],
    audit: [{ action: 'simulation.begun', subject: id, details: { sha256, customers: count } }],
  });
}

const strangers: Failure = { ...notFound, message: 'some of these are not customers of ours, or have left' };

/** Cron takes the running simulations further. @returns how many of them */
export async function runSimulations(context: Context): Promise<number> {
  const ids = await store.findRunning(context.db, simulationsPerTick);
  const done = await each(ids, (id) => continueSimulation(context, id), {
    log: context.log,
    what: 'a simulation',
    named: (id) => ({ simulation_id: id }),
  });
  return done.length;
}

/** Takes a simulation further by some slices, or to its end. */
export async function continueSimulation(context: Context, id: string): Promise<void> {
  for (let slice = 0; slice < slicesPerTick; slice++) {
    const simulation = await store.findSimulation(context.db, id);
    if (simulation?.state !== 'running') return;
    const customers = await store.findNextCustomers(context.db, simulation, sliceSize);
    const writes =
      customers.length === 0
        ? store.finish(simulation, context.now)
        : store.advance(simulation, await sliceOf(context, simulation, customers));
    try {
      await commit(context.db, writes);
    } catch (error) {
      // Another tick is faster; it goes on alone.
      if (error instanceof GuardFailed) return;
      throw error;
    }
  }
}

type Looked = { customer: CustomerRow; bill: BillComparison } | 'skipped' | 'failed';

async function sliceOf(
  context: Context,
  simulation: store.Simulation,
  customers: readonly CustomerRow[],
): Promise<store.Slice> {
  const looked = await lookAll(context, simulation, customers);
  const compared = looked.filter((found) => typeof found === 'object');
  const sumOf = (side: 'beforeCents' | 'afterCents') => compared.reduce((total, { bill }) => total + bill[side], 0);
  return {
    reached: customers.at(-1)?.seq ?? simulation.reached,
    looked: customers.length,
    skipped: looked.filter((found) => found === 'skipped').length,
    failed: looked.filter((found) => found === 'failed').length,
    incomplete: compared.filter(({ bill }) => !bill.complete).length,
    beforeCents: sumOf('beforeCents'),
    afterCents: sumOf('afterCents'),
    changes: compared.map(({ customer, bill: { beforeCents, afterCents, changes } }) => ({
      customerId: customer.id,
      beforeCents,
      afterCents,
      why: whyOf(changes),
    })),
  };
}

/** Looks at each customer by itself. @throws DatabaseUnavailable: the slice is tried again at the next tick */
async function lookAll(
  context: Context,
  { id, periodStart, createdAt, proposed }: store.Simulation,
  customers: readonly CustomerRow[],
): Promise<Looked[]> {
  const { db, log } = context;
  const look = async (customer: CustomerRow): Promise<Looked> => {
    const [period] = await periodStore.queryPast(db, customer.id, periodStart, createdAt);
    if (!period) return 'skipped';
    return { customer, bill: await compareBill(context, customer, period, proposed) };
  };
  const looked = await each(
    customers,
    (customer) =>
      look(customer).catch((error: unknown) => {
        if (asDatabaseError(error) instanceof DatabaseUnavailable) throw error;
        const fields = { simulation_id: id, customer_id: customer.id, error: reasonOf(error) };
        log('error', 'a customer could not be rated for a simulation', fields);
        return 'failed' as const;
      }),
    { log, what: 'a slice of a simulation', named: (c) => ({ simulation_id: id, customer_id: c.id }), atOnce },
  );
  if (looked.length < customers.length) throw new DatabaseUnavailable('not every customer could be read');
  return looked;
}
