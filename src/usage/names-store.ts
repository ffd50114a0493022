/** The names behind the shard's numbers, and what was expected when: control-side reads of one customer's metering. */
import { and, asc, eq, sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import type { Db } from '../db/client.ts';
import { customers, ownerships, planChanges, projects, reporters } from '../db/control-schema.ts';
import { planVersions } from '../db/pricing-schema.ts';
import { highHalf, lowHalf } from '../db/slots.ts';
import { deployments, phaseChanges } from '../db/work-schema.ts';
import type { PlanVersion } from '../pricing/plan.ts';
import type { Slots } from './slots.ts';

export interface Metering {
  namespaces: Map<number, string>;
  reporters: Map<number, typeof reporters.$inferSelect>;
  ownerships: { reporterSeq: number; projectSeq: number; meters: Slots; fromAt: number; untilAt: number | null }[];
  /** The customer's own namespace's number. */
  ownProject: number | null;
  phases: { effectiveAt: number; phase: string }[];
  /** The customer's plans, oldest first. */
  plans: { effectiveAt: number; version: PlanVersion }[];
}

/** Everything that says who measures what of a customer. */
export async function meteringOf(db: Db, customerId: string): Promise<Metering> {
  const [projectRows, reporterRows, ownershipRows, phases, plans] = await db.batch([
    db.select().from(projects).where(eq(projects.customerId, customerId)),
    db.select().from(reporters).where(eq(reporters.customerId, customerId)),
    db
      .select({
        reporterSeq: ownerships.reporterSeq,
        projectSeq: ownerships.projectSeq,
        low: lowHalf('ownerships.meters'),
        high: highHalf('ownerships.meters'),
        fromAt: ownerships.fromAt,
        untilAt: ownerships.untilAt,
      })
      .from(ownerships)
      .innerJoin(reporters, eq(reporters.seq, ownerships.reporterSeq))
      .where(eq(reporters.customerId, customerId)),
    db
      .select({ effectiveAt: phaseChanges.effectiveAt, phase: phaseChanges.phase })
      .from(phaseChanges)
      .where(eq(phaseChanges.customerId, customerId))
      .orderBy(asc(phaseChanges.generation)),
    db
      .select({ effectiveAt: planChanges.effectiveAt, version: planVersions.definition })
      .from(planChanges)
      .innerJoin(
        planVersions,
        and(eq(planVersions.plan, planChanges.plan), eq(planVersions.version, planChanges.planVersion)),
      )
      .where(eq(planChanges.customerId, customerId))
      .orderBy(asc(planChanges.effectiveAt)),
  ]);
  return {
    namespaces: new Map(projectRows.map((p) => [p.seq, p.namespace])),
    reporters: new Map(reporterRows.map((r) => [r.seq, r])),
    ownerships: ownershipRows.map(({ low, high, ...o }) => ({ ...o, meters: { low, high } })),
    ownProject: projectRows.find((p) => p.own)?.seq ?? null,
    phases,
    plans,
  };
}

/** A namespace's name by its number, or the number itself (`#7`) where none is known. */
export const namespaceOf = (metering: Metering, seq: number): string => metering.namespaces.get(seq) ?? `#${seq}`;

/** A reporter's instance id by its number, or the number itself (`#7`) where none is known. */
export const instanceOf = (metering: Metering, seq: number): string =>
  metering.reporters.get(seq)?.instanceId ?? `#${seq}`;

/** The cluster that a customer's deployment is placed in. */
export async function clusterOf(db: Db, customerId: string): Promise<string | null> {
  const rows = await db
    .select({ clusterId: deployments.clusterId })
    .from(deployments)
    .where(eq(deployments.customerId, customerId));
  return rows[0]?.clusterId ?? null;
}

/** Ids and names by number, for lists that cross customers. */
export async function namesOf(db: Db, numbers: { customers: number[]; reporters: number[]; projects: number[] }) {
  const [customerRows, reporterRows, projectRows] = await db.batch([
    db
      .select({ seq: customers.seq, name: customers.id })
      .from(customers)
      .where(inNumbers(customers.seq, numbers.customers)),
    db
      .select({ seq: reporters.seq, name: reporters.instanceId })
      .from(reporters)
      .where(inNumbers(reporters.seq, numbers.reporters)),
    db
      .select({ seq: projects.seq, name: projects.namespace })
      .from(projects)
      .where(inNumbers(projects.seq, numbers.projects)),
  ]);
  const named = (rows: { seq: number; name: string }[]) => new Map(rows.map((r) => [r.seq, r.name]));
  return { customers: named(customerRows), reporters: named(reporterRows), projects: named(projectRows) };
}

/** `IN` with one parameter: D1 takes a hundred. */
const inNumbers = (column: SQLiteColumn, numbers: readonly number[]) =>
  sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(numbers)}))`;
