/** Which reporter measures which meter of which namespace, and from when until when, as rows. Owns `ownerships`. */
import { eq, getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { customers, reporters } from '../db/control-schema.ts';
import { guard } from '../db/guards.ts';
import { slotsValue } from '../db/slots.ts';
import { type Write, write } from '../db/write.ts';
import { knownSlots } from '../usage/meters.ts';
import type { Slots } from '../usage/slots.ts';

type ReporterRow = typeof reporters.$inferSelect;

/** Whether anybody owns a meter of the customer's own namespace after an instant, as SQL. */
const ownNamespaceOwned = (customerId: string, after: number): SQL =>
  sql`EXISTS (SELECT 1 FROM ownerships o JOIN projects p ON p.seq = o.project_seq
    WHERE p.customer_id = ${customerId} AND p.own = 1 AND (o.until_at IS NULL OR o.until_at > ${after}))`;

// Columns of the outer table are written out: of a single table drizzle names them bare, and a subquery takes them for its own.

/** A reporter, and whether anybody owns its customer's own namespace after the start of the window that runs at `now`. */
export const queryReporter = (db: Db, id: string, now: number) =>
  db
    .select({
      ...getTableColumns(reporters),
      owned: sql<number>`EXISTS (SELECT 1 FROM ownerships o JOIN projects p ON p.seq = o.project_seq
        WHERE p.customer_id = reporters.customer_id AND p.own = 1
          AND (o.until_at IS NULL OR o.until_at > ${now} - ${now} % (reporters.window_seconds * 1000)))`.as('owned'),
    })
    .from(reporters)
    .where(eq(reporters.id, id));
export type FoundReporter = Awaited<ReturnType<typeof queryReporter>>[number];

/** How often the ownership of a customer's meters has changed. */
export async function findOwnershipVersion(db: Db, customerSeq: number): Promise<number> {
  const rows = await db
    .select({ version: customers.ownershipVersion })
    .from(customers)
    .where(eq(customers.seq, customerSeq));
  return rows[0]?.version ?? 0;
}

/** Whether the ownership of a customer's meters is still at the version that was read, as SQL. */
export const isOwnershipVersion = (customerSeq: number, version: number): SQL =>
  sql`EXISTS (SELECT 1 FROM customers WHERE seq = ${customerSeq} AND ownership_version = ${version})`;

export interface Takeover {
  /** The new owner: its number, or a subquery that finds it. */
  reporterSeq: number | SQL;
  /** The namespace: its number, or a subquery that finds it. */
  project: number | SQL;
  meters: Slots;
  /** The edge, ms; aligned to the hour by the caller. */
  fromAt: number;
}

/**
 * Gives meters of a namespace to a reporter from an edge on. Whoever owned one of them ends there and keeps the meters
 * that were not taken, with those to come if it had them; who keeps none of today's keeps none to come. The trigger on
 * `ownerships` refuses the batch if two would own one at the same time.
 */
export function takeOwnership(t: Takeover): Write[] {
  const meters = slotsValue(t.meters);
  const taken = sql`project_seq = ${t.project} AND (meters & ${meters}) <> 0 AND (until_at IS NULL OR until_at > ${t.fromAt})`;
  return [
    write(sql`
      INSERT INTO ownerships (reporter_seq, project_seq, meters, from_at, until_at)
      SELECT reporter_seq, project_seq, meters & ~${meters}, max(from_at, ${t.fromAt}), until_at
      FROM ownerships WHERE ${taken} AND (meters & ~${meters} & ${slotsValue(knownSlots)}) <> 0`),
    write(sql`UPDATE ownerships SET until_at = ${t.fromAt} WHERE ${taken}`),
    write(sql`DELETE FROM ownerships WHERE project_seq = ${t.project} AND until_at <= from_at`),
    write(sql`
      INSERT INTO ownerships (reporter_seq, project_seq, meters, from_at)
      VALUES (${t.reporterSeq}, ${t.project}, ${meters}, ${t.fromAt})`),
  ];
}

/** Ends whatever is owned of a namespace at an edge, ms; what would begin after it never was. */
export const endOwnershipsOf = (projectSeq: number, edge: number): Write[] => [
  write(sql`UPDATE ownerships SET until_at = ${edge}
    WHERE project_seq = ${projectSeq} AND (until_at IS NULL OR until_at > ${edge})`),
  write(sql`DELETE FROM ownerships WHERE project_seq = ${projectSeq} AND until_at <= from_at`),
];

export interface Activation {
  reporter: Pick<ReporterRow, 'id' | 'seq' | 'customerId'>;
  meters: Slots;
  /** What was read before: whether somebody owns the namespace after `ownedAfter`, ms. */
  owned: boolean;
  ownedAfter: number;
  /** From when the reporter is active and owns its customer's own namespace, ms. */
  fromAt: number;
}

/** Makes a reporter active; fails the batch when it has been already. */
export const begin = (reporterId: string, fromAt: number): Write[] => [
  guard('reporter_inactive', sql`EXISTS (SELECT 1 FROM reporters WHERE id = ${reporterId} AND active_from IS NULL)`),
  write(sql`UPDATE reporters SET active_from = ${fromAt} WHERE id = ${reporterId}`),
];

/** Makes a reporter active and the owner of its namespace; fails the batch when what was read before no longer holds. */
export const activate = (a: Activation): Write[] => [
  guard('namespace_ownership', sql`${ownNamespaceOwned(a.reporter.customerId, a.ownedAfter)} = ${a.owned ? 1 : 0}`),
  ...takeOwnership({
    reporterSeq: a.reporter.seq,
    project: sql`(SELECT p.seq FROM projects p WHERE p.customer_id = ${a.reporter.customerId} AND p.own = 1)`,
    meters: a.meters,
    fromAt: a.fromAt,
  }),
  ...begin(a.reporter.id, a.fromAt),
];
