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
  namespace: string | null;
  projectSeq: number | null;
  meters: number | null;
  fromAt: number | null;
  untilAt: number | null;
}

const select = sql`SELECT c.id AS customerId, c.seq AS customerSeq, r.instance_id AS instanceId, r.seq AS reporterSeq,
    r.window_seconds AS windowSeconds, p.namespace AS namespace, p.seq AS projectSeq,
    o.meters AS meters, o.from_at AS fromAt, o.until_at AS untilAt
  FROM customers c
  LEFT JOIN reporters r ON r.customer_id = c.id
  LEFT JOIN ownerships o ON o.reporter_seq = r.seq
  LEFT JOIN projects p ON p.seq = o.project_seq`;

async function read(db: Db, where: SQL): Promise<Directory> {
  const rows = await db.all<Row>(sql`${select} WHERE ${where}`);
  const directory: Directory = new Map();
  for (const row of rows) {
    const byInstance = directory.get(row.customerId) ?? new Map<string, Voucher>();
    directory.set(row.customerId, byInstance);
    if (row.instanceId === null || row.reporterSeq === null || row.windowSeconds === null) continue;
    const { customerSeq, reporterSeq, windowSeconds } = row;
    const voucher = byInstance.get(row.instanceId) ?? { customerSeq, reporterSeq, windowSeconds, ownerships: [] };
    byInstance.set(row.instanceId, voucher);
    if (row.namespace === null || row.projectSeq === null || row.meters === null || row.fromAt === null) continue;
    const { namespace, projectSeq, meters, fromAt, untilAt } = row;
    voucher.ownerships.push({ namespace, projectSeq, meters, fromAt, untilAt });
  }
  return directory;
}

/** What one reporter's key may speak for. */
export const directoryOfReporter = (db: Db, reporterId: string): Promise<Directory> =>
  read(db, sql`r.id = ${reporterId}`);

/** What a cluster's key may speak for, of the customers named: those whose deployment is placed there. */
export const directoryOfCluster = (db: Db, clusterId: string, customerIds: readonly string[]): Promise<Directory> =>
  read(
    db,
    sql`c.id IN (SELECT value FROM json_each(${JSON.stringify(customerIds)}))
      AND EXISTS (SELECT 1 FROM deployments d WHERE d.customer_id = c.id AND d.cluster_id = ${clusterId})`,
  );
