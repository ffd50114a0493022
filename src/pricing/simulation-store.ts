/** Simulations as rows: what was asked, how far it is, what it found. Owns `simulations`. */
import { and, asc, desc, eq, gt, gte, isNull, ne, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { customers, subscriptions } from '../db/control-schema.ts';
import { guard } from '../db/guards.ts';
import { simulations } from '../db/pricing-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import { type CustomerChange, mostChanged } from './bill-change.ts';

export type Simulation = typeof simulations.$inferSelect;

/** How many customers a simulation names. */
const topMax = 20;

/** Who is looked at: customers who have not left, or some of them. */
const chosen = (customerIds: readonly string[] | null): SQL | undefined =>
  and(
    ne(subscriptions.status, 'canceled'),
    customerIds === null
      ? undefined
      : sql`${customers.id} IN (SELECT value FROM json_each(${JSON.stringify(customerIds)}))`,
  );

export type NewSimulation = Pick<
  Simulation,
  'id' | 'sha256' | 'proposed' | 'periodStart' | 'customerIds' | 'createdAt'
>;

/** Begins a simulation. `customers`: how many it looks at. */
export const insertSimulation = (simulation: NewSimulation, count: number): Write =>
  write(build.insert(simulations).values({ ...simulation, state: 'running', customers: count, top: [] }));

/** How many customers a simulation of these looks at. */
export async function countChosen(db: Db, customerIds: readonly string[] | null): Promise<number> {
  const rows = await db
    .select({ count: sql<number>`count(*)` })
    .from(customers)
    .innerJoin(subscriptions, eq(subscriptions.customerId, customers.id))
    .where(chosen(customerIds));
  return rows[0]?.count ?? 0;
}

export async function findSimulation(db: Db, id: string): Promise<Simulation | null> {
  const rows = await db.select().from(simulations).where(eq(simulations.id, id));
  return rows[0] ?? null;
}

/** The ids of running simulations, the oldest first. */
export async function findRunning(db: Db, limit: number): Promise<string[]> {
  const rows = await db
    .select({ id: simulations.id })
    .from(simulations)
    .where(eq(simulations.state, 'running'))
    .orderBy(asc(simulations.createdAt))
    .limit(limit);
  return rows.map(({ id }) => id);
}

/** The newest finished simulation of everybody's last period under the file, no older than `since`; null without one. */
export async function findFinished(db: Db, sha256: string, since: number, id?: string): Promise<Simulation | null> {
  const rows = await db
    .select()
    .from(simulations)
    .where(
      and(
        eq(simulations.sha256, sha256),
        gte(simulations.finishedAt, since),
        eq(simulations.state, 'done'),
        isNull(simulations.periodStart),
        isNull(simulations.customerIds),
        id === undefined ? undefined : eq(simulations.id, id),
      ),
    )
    .orderBy(desc(simulations.finishedAt))
    .limit(1);
  return rows[0] ?? null;
}

/** The next customers that a simulation looks at. */
export const findNextCustomers = async (db: Db, { reached, customerIds }: Simulation, limit: number) =>
  (
    await db
      .select({ customer: customers })
      .from(customers)
      .innerJoin(subscriptions, eq(subscriptions.customerId, customers.id))
      .where(and(gt(customers.seq, reached), chosen(customerIds)))
      .orderBy(asc(customers.seq))
      .limit(limit)
  ).map(({ customer }) => customer);

/** What some customers add to a simulation. */
export interface Slice {
  /** The number of the last of them. */
  reached: number;
  looked: number;
  skipped: number;
  incomplete: number;
  failed: number;
  changes: readonly CustomerChange[];
  beforeCents: number;
  afterCents: number;
}

/** Fails the batch when somebody else has taken the simulation further. */
const guardPlace = ({ id, reached }: Simulation): Write =>
  guard(
    'simulation_place',
    sql`EXISTS (SELECT 1 FROM simulations WHERE id = ${id} AND state = 'running' AND reached = ${reached})`,
  );

/** Takes a simulation further by some customers. */
export const advance = (simulation: Simulation, slice: Slice): Write[] => [
  guardPlace(simulation),
  write(
    build
      .update(simulations)
      .set({
        reached: slice.reached,
        looked: simulation.looked + slice.looked,
        skipped: simulation.skipped + slice.skipped,
        incomplete: simulation.incomplete + slice.incomplete,
        failed: simulation.failed + slice.failed,
        beforeCents: simulation.beforeCents + slice.beforeCents,
        afterCents: simulation.afterCents + slice.afterCents,
        top: mostChanged([...simulation.top, ...slice.changes], topMax),
      })
      .where(eq(simulations.id, simulation.id)),
  ),
];

/** Ends a simulation that has looked at everybody; one that could not rate somebody has failed. */
export const finish = (simulation: Simulation, now: number): Write[] => [
  guardPlace(simulation),
  write(
    build
      .update(simulations)
      .set({ state: simulation.failed > 0 ? 'failed' : 'done', finishedAt: now })
      .where(eq(simulations.id, simulation.id)),
  ),
];
