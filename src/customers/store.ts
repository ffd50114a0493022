/** Customers as rows, with what is shown of them. Owns `customers`. */
import { and, desc, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import type { DeploymentStatus } from '../contracts/customers.ts';
import type { Db } from '../db/client.ts';
import { customers, subscriptions } from '../db/control-schema.ts';
import { planVersions } from '../db/pricing-schema.ts';
import { deployments, jobs } from '../db/work-schema.ts';
import { build, type Write, write } from '../db/write.ts';
import { foldCase } from '../lib/text.ts';

export type CustomerRow = typeof customers.$inferSelect;
export type SubscriptionRow = typeof subscriptions.$inferSelect;

export const insertCustomer = (row: typeof customers.$inferInsert): Write => write(build.insert(customers).values(row));

/** Since when the customer is deactivated; whether it is says its subscription's status. */
export const setDeactivated = (customerId: string, at: number | null): Write =>
  write(build.update(customers).set({ deactivatedAt: at }).where(eq(customers.id, customerId)));

/** What Stripe calls the customer; set once. */
export const setStripeId = (customerId: string, stripeId: string): Write =>
  write(
    build
      .update(customers)
      .set({ stripeCustomerId: stripeId })
      .where(and(eq(customers.id, customerId), sql`${customers.stripeCustomerId} IS NULL`)),
  );

/** Stripe has deleted the customer that it called so. */
export const forgetStripeId = (customerId: string, stripeId: string): Write =>
  write(
    build
      .update(customers)
      .set({ stripeCustomerId: null })
      .where(and(eq(customers.id, customerId), eq(customers.stripeCustomerId, stripeId))),
  );
/** Some customers with the organisation that each is of. */
export const findOrganisations = (db: Db, customerIds: readonly string[]) =>
  db
    .select({ customerId: customers.id, organisationId: customers.organisationId })
    .from(customers)
    .where(sql`${customers.id} IN (SELECT value FROM json_each(${JSON.stringify(customerIds)}))`);

/** Customers by their numbers, with the state of each one's subscription. */
export const findNumbered = (db: Db, seqs: readonly number[]) =>
  db
    .select({ seq: customers.seq, id: customers.id, status: subscriptions.status })
    .from(customers)
    .innerJoin(subscriptions, eq(subscriptions.customerId, customers.id))
    .where(sql`${customers.seq} IN (SELECT value FROM json_each(${JSON.stringify([...new Set(seqs)])}))`);

/** Some customers whose names are not folded for the search yet: rows older than the column. */
export const findUnfolded = (db: Db, limit: number) =>
  db
    .select({ id: customers.id, companyName: customers.companyName })
    .from(customers)
    .where(isNull(customers.companySearch))
    .limit(limit);

export const setSearch = (customerId: string, companySearch: string): Write =>
  write(build.update(customers).set({ companySearch }).where(eq(customers.id, customerId)));

export async function findCustomer(db: Db, customerId: string): Promise<CustomerRow | null> {
  const rows = await db.select().from(customers).where(eq(customers.id, customerId));
  return rows[0] ?? null;
}

/** Who has the email, as a query: nobody or one. */
export const queryEmail = (db: Db, email: string) =>
  db.select({ id: customers.id }).from(customers).where(eq(customers.email, email));

/** A customer with everything that GET /api/customers/:id shows, and the plan version that it is on. */
export async function findWhole(db: Db, customerId: string) {
  const rows = await db
    .select({
      customer: customers,
      subscription: subscriptions,
      plan: planVersions.definition,
      deployment: deployments,
      jobId: sql<
        string | null
      >`(SELECT id FROM ${jobs} WHERE customer_id = ${customers.id} ORDER BY created_at DESC, rowid DESC LIMIT 1)`,
      waitingJobId: sql<
        string | null
      >`(SELECT id FROM ${jobs} WHERE customer_id = ${customers.id} AND state = 'waiting')`,
    })
    .from(customers)
    .innerJoin(subscriptions, eq(subscriptions.customerId, customers.id))
    .innerJoin(deployments, eq(deployments.customerId, customers.id))
    .innerJoin(
      planVersions,
      and(eq(planVersions.plan, subscriptions.plan), eq(planVersions.version, subscriptions.planVersion)),
    )
    .where(eq(customers.id, customerId));
  return rows[0] ?? null;
}
export type WholeCustomer = NonNullable<Awaited<ReturnType<typeof findWhole>>>;

/** How often the ownership of each customer's meters has changed, by the customer's number. */
export async function findOwnershipVersions(db: Db, seqs: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const rows = await db
    .select({ seq: customers.seq, version: customers.ownershipVersion })
    .from(customers)
    .where(sql`${customers.seq} IN (SELECT value FROM json_each(${JSON.stringify([...new Set(seqs)])}))`);
  return new Map(rows.map(({ seq, version }) => [seq, version]));
}

/** Counts up to the shard's minimum version, which a change that never came about has left raised. */
export const raiseOwnershipVersion = (customerSeq: number, version: number): Write =>
  write(sql`UPDATE customers SET ownership_version = ${version}
    WHERE seq = ${customerSeq} AND ownership_version < ${version}`);

export interface CustomerFilter {
  page: number;
  limit: number;
  q?: string | undefined;
  status?: SubscriptionRow['status'] | undefined;
  plan?: string | undefined;
}

/**
 * `q` is looked for with instr: a LIKE pattern is limited to 50 bytes in D1. SQLite folds ASCII only, so a company's name
 * is compared as it was folded when it was written; a row that is not folded yet is found by SQLite's own folding.
 */
function conditionsOf(filter: CustomerFilter): SQL | undefined {
  const q = filter.q?.toLowerCase();
  const folded = foldCase(filter.q ?? '');
  const subscribed = and(
    filter.status ? eq(subscriptions.status, filter.status) : undefined,
    filter.plan ? eq(subscriptions.plan, filter.plan) : undefined,
  );
  return and(
    subscribed &&
      sql`EXISTS (SELECT 1 FROM ${subscriptions} WHERE ${subscriptions.customerId} = ${customers.id} AND ${subscribed})`,
    q
      ? sql`(instr(${customers.email}, ${q}) OR instr(coalesce(${customers.companySearch}, upper(${customers.companyName})), ${folded}) OR instr(${customers.id}, ${q}))`
      : undefined,
  );
}

/**
 * One page of customers, newest first, and how many there are. Who is on the page is found in `customers` alone: an offset
 * walks over all rows before it, and with joins over theirs, too.
 */
export async function listCustomers(db: Db, filter: CustomerFilter) {
  const where = conditionsOf(filter);
  const page = db
    .select({ seq: customers.seq })
    .from(customers)
    .where(where)
    .orderBy(desc(customers.seq))
    .limit(filter.limit)
    .offset((filter.page - 1) * filter.limit);
  const [rows, counted] = await db.batch([
    db
      .select({
        customer: customers,
        plan: subscriptions.plan,
        status: subscriptions.status,
        // In a batch D1 answers rows as objects: two columns called `status` would become one.
        deployment: sql<DeploymentStatus>`${deployments.status}`.as('deployment_status'),
      })
      .from(customers)
      .innerJoin(subscriptions, eq(subscriptions.customerId, customers.id))
      .innerJoin(deployments, eq(deployments.customerId, customers.id))
      .where(inArray(customers.seq, page))
      .orderBy(desc(customers.seq)),
    db.select({ total: sql<number>`count(*)` }).from(customers).where(where),
  ]);
  return { rows, total: counted[0]?.total ?? 0 };
}
