/** Who may report what, as the judgement needs it: reporters with all that they ever owned. Reads only. */
import { and, eq, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import { customers, reporters } from '../db/control-schema.ts';
import { rightsOf } from '../db/reporter-rights.ts';
import { highHalf, lowHalf } from '../db/slots.ts';
import { deployments } from '../db/work-schema.ts';
import type { Ownership, ReporterRights } from './report.ts';

/** Rights of reporters by customer id, then by instance id. A customer that is not in it may not be reported for by the caller. */
export type Directory = Map<string, Map<string, ReporterRights>>;

type Owned = [namespace: string, projectSeq: number, low: number, high: number, fromAt: number, untilAt: number | null];
/** As src/db/reporter-rights.ts writes it. */
type Packed = [
  instanceId: string,
  customerSeq: number,
  ownershipVersion: number,
  reporterSeq: number,
  windowSeconds: number,
  owned: Owned[],
];

function readRights(text: string): { instanceId: string; rights: ReporterRights } {
  const [instanceId, customerSeq, ownershipVersion, reporterSeq, windowSeconds, owned] = JSON.parse(text) as Packed;
  const ownerships = new Map<string, Ownership[]>();
  for (const [namespace, projectSeq, low, high, fromAt, untilAt] of owned) {
    const ownership = { projectSeq, meters: { low, high }, fromAt, untilAt };
    const known = ownerships.get(namespace);
    if (known) known.push(ownership);
    else ownerships.set(namespace, [ownership]);
  }
  return { instanceId, rights: { customerSeq, ownershipVersion, reporterSeq, windowSeconds, ownerships } };
}

/** What one reporter's key may speak for; its rights were read with the key. */
export function directoryOfReporter(customerId: string, text: string): Directory {
  const { instanceId, rights } = readRights(text);
  return new Map([[customerId, new Map([[instanceId, rights]])]]);
}

/** What a reporter of a customer owns and owned, by its instance id; null where the customer has none of that name. */
export async function findReporterRights(
  db: Db,
  customerId: string,
  instanceId: string,
): Promise<ReporterRights | null> {
  const rows = await db.all<{ rights: string }>(sql`SELECT ${rightsOf(reporters.seq)} AS rights FROM ${reporters}
    WHERE ${reporters.customerId} = ${customerId} AND ${reporters.instanceId} = ${instanceId}`);
  const text = rows[0]?.rights;
  return text ? readRights(text).rights : null;
}

/** What a cluster's key may speak for, of the customers named: those whose deployment is placed there. */
export async function directoryOfCluster(
  db: Db,
  clusterId: string,
  customerIds: readonly string[],
): Promise<Directory> {
  const rows = await db
    .select({ customerId: customers.id, rights: rightsOf(reporters.seq) })
    .from(customers)
    .innerJoin(deployments, and(eq(deployments.customerId, customers.id), eq(deployments.clusterId, clusterId)))
    .leftJoin(reporters, eq(reporters.customerId, customers.id))
    .where(sql`${customers.id} IN (SELECT value FROM json_each(${JSON.stringify(customerIds)}))`);
  const directory: Directory = new Map();
  for (const row of rows) {
    const byInstance = directory.get(row.customerId) ?? new Map<string, ReporterRights>();
    directory.set(row.customerId, byInstance);
    if (row.rights === null) continue;
    const { instanceId, rights } = readRights(row.rights);
    byInstance.set(instanceId, rights);
  }
  return directory;
}

/** A reporter of a stack and a namespace that it measures; times are ms. */
export interface ClusterReporter {
  customerId: string;
  instanceId: string;
  namespace: string;
  windowSeconds: number;
  activeFrom: number;
  /** Null while it may report on. */
  activeUntil: number | null;
}

/**
 * The exporters' reporters of the stacks that are placed in a cluster, by customer; those that ended before `since` are left out.
 * The applications' own are not among them: nobody measures these from outside.
 */
export async function reportersOfCluster(
  db: Db,
  { clusterId, since, page, limit }: { clusterId: string; since: number; page: number; limit: number },
): Promise<{ items: ClusterReporter[]; total: number }> {
  const rows = await db.all<ClusterReporter & { total: number }>(sql`
    SELECT r.customer_id AS "customerId", r.instance_id AS "instanceId", p.namespace, r.window_seconds AS "windowSeconds",
      MIN(o.from_at) AS "activeFrom", CASE WHEN COUNT(o.until_at) = COUNT(*) THEN MAX(o.until_at) END AS "activeUntil",
      COUNT(*) OVER () AS total
    FROM deployments d
    JOIN reporters r ON r.customer_id = d.customer_id AND r.source = 'deployment'
    JOIN ownerships o ON o.reporter_seq = r.seq
    JOIN projects p ON p.seq = o.project_seq AND p.cluster_id = d.cluster_id
    WHERE d.cluster_id = ${clusterId}
    GROUP BY r.seq, p.seq HAVING "activeUntil" IS NULL OR "activeUntil" > ${since}
    ORDER BY r.customer_id, p.seq LIMIT ${limit} OFFSET ${(page - 1) * limit}`);
  return { items: rows.map(({ total: _, ...item }) => item), total: rows[0]?.total ?? 0 };
}

const pairOf = (reporterSeq: number, projectSeq: number): string => `${reporterSeq}/${projectSeq}`;

/** What reporters own and owned in namespaces now. @returns by a row's reporter and namespace */
export async function standingOwnerships(
  db: Db,
  rows: readonly { reporterSeq: number; projectSeq: number }[],
): Promise<(row: { reporterSeq: number; projectSeq: number }) => readonly Ownership[]> {
  const pairs = new Map(rows.map((r) => [pairOf(r.reporterSeq, r.projectSeq), [r.reporterSeq, r.projectSeq]]));
  const owned = await db.all<Omit<Ownership, 'meters'> & { reporterSeq: number; low: number; high: number }>(sql`
    SELECT reporter_seq AS reporterSeq, project_seq AS projectSeq, ${lowHalf('meters')} AS low, ${highHalf('meters')} AS high, from_at AS fromAt, until_at AS untilAt
    FROM ownerships WHERE (reporter_seq, project_seq) IN
      (SELECT value ->> 0, value ->> 1 FROM json_each(${JSON.stringify([...pairs.values()])}))`);
  const ownerships = owned.map(({ low, high, ...o }) => ({ ...o, meters: { low, high } }));
  const byPair = Map.groupBy(ownerships, (o) => pairOf(o.reporterSeq, o.projectSeq));
  return ({ reporterSeq, projectSeq }) => byPair.get(pairOf(reporterSeq, projectSeq)) ?? [];
}
