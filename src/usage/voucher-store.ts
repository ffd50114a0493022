/** Who may report what, as the judgement needs it: reporters with all that they ever owned. Reads only. */
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import type { Voucher } from './report.ts';

/** Vouchers by customer id, then by instance id. A customer that is not in it may not be reported for by the caller. */
export type Directory = Map<string, Map<string, Voucher>>;

interface Row {
  customerId: string;
  customerSeq: number;
  instanceId: string | null;
  reporterSeq: number | null;
  windowSeconds: number | null;
  /** JSON of `[namespace, project, meters, from, until]` each. */
  owned: string | null;
}

type Owned = [namespace: string, projectSeq: number, meters: number, fromAt: number, untilAt: number | null];

/** One row a reporter: what it owns of the namespaces that are asked for comes as one text, for it may own hundreds. */
async function read(db: Db, namespaces: readonly string[], where: SQL): Promise<Directory> {
  const rows = await db.all<Row>(sql`SELECT c.id AS customerId, c.seq AS customerSeq, r.instance_id AS instanceId,
      r.seq AS reporterSeq, r.window_seconds AS windowSeconds,
      (SELECT json_group_array(json_array(p.namespace, p.seq, o.meters, o.from_at, o.until_at))
        FROM ownerships o JOIN projects p ON p.seq = o.project_seq
        WHERE o.reporter_seq = r.seq AND p.namespace IN (SELECT value FROM json_each(${JSON.stringify(namespaces)}))) AS owned
    FROM customers c LEFT JOIN reporters r ON r.customer_id = c.id WHERE ${where}`);
  const directory: Directory = new Map();
  for (const row of rows) {
    const byInstance = directory.get(row.customerId) ?? new Map<string, Voucher>();
    directory.set(row.customerId, byInstance);
    const { customerSeq, instanceId, reporterSeq, windowSeconds } = row;
    if (instanceId === null || reporterSeq === null || windowSeconds === null) continue;
    const ownerships = (JSON.parse(row.owned ?? '[]') as Owned[]).map(
      ([namespace, projectSeq, meters, fromAt, untilAt]) => ({ namespace, projectSeq, meters, fromAt, untilAt }),
    );
    byInstance.set(instanceId, { customerSeq, reporterSeq, windowSeconds, ownerships });
  }
  return directory;
}

/** What one reporter's key may speak for, of the namespaces named. */
export const directoryOfReporter = (db: Db, reporterId: string, namespaces: readonly string[]): Promise<Directory> =>
  read(db, namespaces, sql`r.id = ${reporterId}`);

/** What a cluster's key may speak for, of the customers named: those whose deployment is placed there. */
export const directoryOfCluster = (
  db: Db,
  clusterId: string,
  customerIds: readonly string[],
  namespaces: readonly string[],
): Promise<Directory> =>
  read(
    db,
    namespaces,
    sql`c.id IN (SELECT value FROM json_each(${JSON.stringify(customerIds)}))
      AND EXISTS (SELECT 1 FROM deployments d WHERE d.customer_id = c.id AND d.cluster_id = ${clusterId})`,
  );
