/** Reporters that admins make: rows, lists and their end. Hand-overs are ownership-store.ts. */
import { and, asc, eq, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { ownerships, projects, reporters } from '../db/control-schema.ts';
import { highHalf, lowHalf, slotsValue } from '../db/slots.ts';
import { build, type Write, write } from '../db/write.ts';
import type { Slots } from '../usage/slots.ts';

export const insertReporter = (row: typeof reporters.$inferInsert): Write => write(build.insert(reporters).values(row));

/** Gives meters of a namespace to a reporter where nobody owns them; the trigger refuses the batch otherwise. */
export const insertOwnership = (o: {
  reporterId: string;
  clusterId: string;
  namespace: string;
  meters: Slots;
  fromAt: number;
}): Write =>
  write(sql`INSERT INTO ownerships (reporter_seq, project_seq, meters, from_at)
    SELECT r.seq, p.seq, ${slotsValue(o.meters)}, ${o.fromAt} FROM reporters r, projects p
    WHERE r.id = ${o.reporterId} AND p.cluster_id = ${o.clusterId} AND p.namespace = ${o.namespace}`);

/** Ends what the reporter owns at an edge; what would begin after it never was. */
export const endReporter = (seq: number, edge: number): Write[] => [
  write(sql`UPDATE ownerships SET until_at = ${edge}
    WHERE reporter_seq = ${seq} AND (until_at IS NULL OR until_at > ${edge})`),
  write(sql`DELETE FROM ownerships WHERE reporter_seq = ${seq} AND until_at <= from_at`),
  write(sql`UPDATE reporters SET active_until = ${edge} WHERE seq = ${seq}`),
];

/**
 * Reporters of a customer that own nothing any more, because others took it all, end with their last ownership, or at `edge`
 * where none is left of it.
 */
export const endDispossessed = (customerId: string, edge: number): Write =>
  write(sql`UPDATE reporters
    SET active_until = coalesce((SELECT max(o.until_at) FROM ownerships o WHERE o.reporter_seq = reporters.seq), ${edge})
    WHERE customer_id = ${customerId} AND active_from IS NOT NULL AND active_until IS NULL
      AND NOT EXISTS (SELECT 1 FROM ownerships o WHERE o.reporter_seq = reporters.seq AND o.until_at IS NULL)`);

/** A reporter that has ended and whose key still lives, once for each namespace that it owned something of to the end. */
export interface EndedReporter {
  id: string;
  reporterSeq: number;
  customerId: string;
  customerSeq: number;
  usageShard: number;
  activeUntil: number;
  /** Null where the reporter owned nothing at its end. */
  projectSeq: number | null;
  /** The end of the last window that it owned of the namespace, ms. */
  windowEnd: number | null;
}

/**
 * Ended reporters with live keys, those that ended first. The deployment's own is left out while its customer is there: its
 * key reads the licence too.
 */
export const findEndedWithKeys = (db: Db, now: number, limit: number): Promise<EndedReporter[]> =>
  db.all<EndedReporter>(sql`
    WITH ended AS (
      SELECT r.id, r.seq, r.active_until, c.id AS customer_id, c.seq AS customer_seq, c.usage_shard
      FROM reporters r JOIN customers c ON c.id = r.customer_id
      WHERE r.active_until <= ${now} AND (r.source = 'admin' OR c.deactivated_at IS NOT NULL)
        AND EXISTS (SELECT 1 FROM credentials k WHERE k.kind = 'reporter' AND k.owner_id = r.id AND k.revoked_at IS NULL)
      ORDER BY r.active_until LIMIT ${limit})
    SELECT e.id, e.seq AS reporterSeq, e.customer_id AS customerId, e.customer_seq AS customerSeq,
      e.usage_shard AS usageShard, e.active_until AS activeUntil, o.project_seq AS projectSeq, max(o.until_at) AS windowEnd
    FROM ended e LEFT JOIN ownerships o ON o.reporter_seq = e.seq
    GROUP BY e.seq, o.project_seq`);

/** A namespace that is attached already. */
export type StandingProject = Pick<typeof projects.$inferSelect, 'seq' | 'namespace' | 'customerId'>;

/** What stands in the way of a new reporter, in one read: one of its name, and whose its namespaces are. */
export async function findStanding(
  db: Db,
  wanted: { customerId: string; instanceId: string; clusterId: string; namespaces: readonly string[] },
): Promise<{ instance: boolean; projects: StandingProject[] }> {
  const [named, attached] = await db.batch([
    db
      .select({ id: reporters.id })
      .from(reporters)
      .where(and(eq(reporters.customerId, wanted.customerId), eq(reporters.instanceId, wanted.instanceId))),
    db
      .select({ seq: projects.seq, namespace: projects.namespace, customerId: projects.customerId })
      .from(projects)
      .where(
        and(
          eq(projects.clusterId, wanted.clusterId),
          sql`${projects.namespace} IN (SELECT value FROM json_each(${JSON.stringify(wanted.namespaces)}))`,
        ),
      ),
  ]);
  return { instance: named.length > 0, projects: attached };
}

/** All reporters of a customer with what they own or owned, oldest first. */
export async function listReporters(db: Db, customerId: string) {
  const [rows, owned] = await db.batch([
    db.select().from(reporters).where(eq(reporters.customerId, customerId)).orderBy(asc(reporters.seq)),
    db
      .select({
        reporterSeq: ownerships.reporterSeq,
        namespace: projects.namespace,
        low: lowHalf('ownerships.meters'),
        high: highHalf('ownerships.meters'),
        untilAt: ownerships.untilAt,
      })
      .from(ownerships)
      .innerJoin(reporters, eq(reporters.seq, ownerships.reporterSeq))
      .innerJoin(projects, eq(projects.seq, ownerships.projectSeq))
      .where(eq(reporters.customerId, customerId))
      .orderBy(asc(ownerships.id)),
  ]);
  const named = owned.map(({ low, high, ...o }) => ({ ...o, meters: { low, high } }));
  return rows.map((reporter) => ({ reporter, owned: named.filter((o) => o.reporterSeq === reporter.seq) }));
}
export type ListedReporter = Awaited<ReturnType<typeof listReporters>>[number];
