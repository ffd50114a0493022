/** The windows of a customer themselves, page by page in the order of their ends: for who rates and states them. Reads only. */
import { sql } from 'drizzle-orm';
import type { Db } from '../db/client.ts';
import type { CustomerRange } from './range-store.ts';

/** Rows of a page: some 1.5 MB of an answer. */
const pageRows = 5000;

export interface WindowRow {
  reporterSeq: number;
  projectSeq: number;
  /** ms */
  windowEnd: number;
  seconds: number;
  revision: number;
  /** Base units in the order of the columns that were asked for; null was not reported. */
  units: (number | null)[];
}

type Raw = Record<string, number | null>;

/** Every window of the range, oldest end first. @param columns stored quantities (meters.ts) */
export async function* readWindows(
  db: Db,
  { customerSeq, from, to }: Omit<CustomerRange, 'projectSeq'>,
  columns: readonly string[],
): AsyncGenerator<WindowRow> {
  const picked = sql.raw(columns.join(', '));
  let after = { end: from, reporter: Number.MAX_SAFE_INTEGER, project: Number.MAX_SAFE_INTEGER };
  for (;;) {
    const rows = await db.all<Raw>(sql`
      SELECT window_end, reporter_seq, project_seq, seconds, revision, ${picked} FROM windows
      WHERE customer_seq = ${customerSeq} AND window_end <= ${to}
        AND (window_end, reporter_seq, project_seq) > (${after.end}, ${after.reporter}, ${after.project})
      ORDER BY window_end, reporter_seq, project_seq LIMIT ${pageRows}`);
    for (const row of rows) yield toWindow(row, columns);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageRows) return;
    const { windowEnd: end, reporterSeq: reporter, projectSeq: project } = toWindow(last, []);
    after = { end, reporter, project };
  }
}

const toWindow = (row: Raw, columns: readonly string[]): WindowRow => ({
  reporterSeq: Number(row['reporter_seq']),
  projectSeq: Number(row['project_seq']),
  windowEnd: Number(row['window_end']),
  seconds: Number(row['seconds']),
  revision: Number(row['revision']),
  units: columns.map((column) => row[column] ?? null),
});
