/**
 * A reporter with all that it ever owned, as one JSON text in the select list of a query that has the reporter: it may own
 * hundreds of namespaces, which as rows would cost more than all else. src/usage/rights-store.ts reads the text.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';
import { highHalf, lowHalf } from './slots.ts';

/** `[instance id, customer, version of its ownership, reporter, window seconds, [[namespace, project, meters' low half, high half, from, until], …]]`; null without one. */
export const rightsOf = (reporterSeq: SQLiteColumn): SQL<string | null> => sql`(
  SELECT json_array(vr.instance_id, vc.seq, vc.ownership_version, vr.seq, vr.window_seconds, (
      SELECT json_group_array(json_array(p.namespace, p.seq, ${lowHalf('o.meters')}, ${highHalf('o.meters')}, o.from_at, o.until_at))
      FROM ownerships o JOIN projects p ON p.seq = o.project_seq WHERE o.reporter_seq = vr.seq))
  FROM reporters vr JOIN customers vc ON vc.id = vr.customer_id WHERE vr.seq = ${reporterSeq})`;
