/** What the windows of a shard say was not seen of them (window-gaps.ts), added up over stretches. Reads only. */
import { type SQL, sql } from 'drizzle-orm';
import { reportGapsMax } from '../contracts/usage.ts';
import type { Db } from '../db/client.ts';
import type { ToldGap, ToldMissing } from './window-gaps.ts';

/** Windows of a reporter and namespace that end in `(from, to]`, ms. */
export interface WindowStretch {
  reporterSeq: number;
  projectSeq: number;
  from: number;
  to: number;
}

/** The incomplete windows of the stretches, each with the place of its stretch; `since` is the window's start. */
const windowsIn = (customerSeq: number, stretches: readonly WindowStretch[]): SQL => sql`(
  SELECT s.key AS place, w.window_end - w.seconds * 1000 AS since, w.window_end, w.seconds, w.missing, w.missing_high, w.gaps
  FROM json_each(${JSON.stringify(stretches.map((s) => [s.reporterSeq, s.projectSeq, s.from, s.to]))}) s
  CROSS JOIN windows w ON w.customer_seq = ${customerSeq}
    AND w.window_end > s.value ->> 2 AND w.window_end <= s.value ->> 3
    AND w.reporter_seq = s.value ->> 0 AND w.project_seq = s.value ->> 1
  WHERE w.complete = 0)`;

/** By the place of a stretch: the things that were longest unseen in it, and the meters that its windows lacked. */
export async function toldIn(db: Db, customerSeq: number, stretches: readonly WindowStretch[]) {
  const windows = windowsIn(customerSeq, stretches);
  const [things, missing] = await Promise.all([
    db.all<ToldGap & { place: number }>(sql`
      SELECT place, bit, reason, thing, since AS "from", until AS "to", ms FROM (
        SELECT *, row_number() OVER (PARTITION BY place ORDER BY ms DESC, bit, thing) AS rank FROM (
          SELECT place, g.value ->> 0 AS bit, g.value ->> 1 AS reason, g.value ->> 2 AS thing,
            min(since + (g.value ->> 3)) AS since, max(since + (g.value ->> 4)) AS until, sum(g.value ->> 5) AS ms
          FROM ${windows} CROSS JOIN json_each(gaps) g WHERE g.type = 'array' GROUP BY place, bit, reason, thing))
      WHERE rank <= ${reportGapsMax} ORDER BY place, rank`),
    db.all<ToldMissing & { place: number }>(sql`
      SELECT place, missing AS low, missing_high AS high, min(since) AS "from", max(window_end) AS "to",
        sum(seconds) * 1000 AS ms
      FROM ${windows} WHERE missing <> 0 OR missing_high <> 0 GROUP BY place, missing, missing_high`),
  ]);
  return {
    things: Map.groupBy(things, ({ place }) => place),
    missing: Map.groupBy(missing, ({ place }) => place),
  };
}
