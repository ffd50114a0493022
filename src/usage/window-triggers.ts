/**
 * The triggers of `windows`, as SQL made from its columns, so that none of them can forget a quantity. They decide what
 * becomes of a row inside the batch, whatever runs beside it (decision 0005). `npm run migrations` writes a migration when
 * the text here is not what the migrations hold. Pure.
 */
import { hourMs } from '../lib/time.ts';
import { firstQuantities, quantities, storedColumns } from './meters.ts';
import { aheadMsMax, baseUnitsMax } from './window-bounds.ts';
import { gapsCharsMax } from './window-gaps.ts';

export interface Trigger {
  name: string;
  sql: string;
}

/** Accepted later than this after the window's end, a replacement with other numbers waits for a person. */
const lateMs = 48 * hourMs;
/** A window replaced so often is held from then on: what one key can leave behind in a shard is bounded (spec §3). */
const changesMax = 50;
/** Reviews of a window that are kept, the open one included. */
const reviewsMax = 10;
/** Pairs of a name and a value that one function takes: D1 allows 32 arguments. */
const pairsMax = 16;
/** Base units in a column that is no quantity's yet. */
const unlistedMax = 1e15;

/** An object of what is not NULL, by column. */
const objectOf = (side: 'OLD' | 'NEW', columns: readonly string[]): string => {
  const chunks = Array.from({ length: Math.ceil(columns.length / pairsMax) }, (_, i) =>
    columns.slice(i * pairsMax, (i + 1) * pairsMax).map((column) => `'${column}', ${side}.${column}`),
  );
  return chunks.reduce((merged, pairs) => `json_patch(${merged},\n      json_object(${pairs.join(', ')}))`, "'{}'");
};

const rowOf = (side: 'OLD' | 'NEW', columns: readonly string[]): string =>
  `(${columns.map((column) => `${side}.${column}`).join(', ')})`;

const keys = ['customer_seq', 'window_end', 'reporter_seq', 'project_seq'];
const sameWindow = keys.map((column) => `${column} = NEW.${column}`).join(' AND ');
/** Whether a person has corrected the window under the revision of that side. */
const isCorrection = (side: 'OLD' | 'NEW'): string => `EXISTS (SELECT 1 FROM corrections c
    WHERE c.customer_seq = NEW.customer_seq AND c.reporter_seq = NEW.reporter_seq AND c.project_seq = NEW.project_seq
      AND c.window_end BETWEEN NEW.window_end AND NEW.window_end + ${hourMs} AND c.window_start < NEW.window_end
      AND c.revision = ${side}.revision)`;

const flaws = ['complete', 'gap_ms', 'missing', 'missing_high'];

/**
 * Refuses a row that intake would not have let in: whoever made it was no Worker of ours. Before an insert, which an upsert is
 * too: SQLite does not say which of several triggers before an update is the first.
 */
function bounds(event: 'INSERT' | 'UPDATE', columns: readonly string[]): Trigger {
  const known = new Map(quantities.map((q) => [q.column, q]));
  const conditions = columns.map((column) => {
    const q = known.get(column);
    const highest = q ? `${baseUnitsMax(q)}${q.kind === 'average' ? ' * NEW.seconds' : ''}` : unlistedMax;
    // What the first release had is at least 0 by a CHECK.
    const inBounds = q && q.bit < firstQuantities ? `> ${highest}` : `NOT BETWEEN 0 AND ${highest}`;
    return [column, `NEW.${column} ${inBounds}`] as const;
  });
  const all = [
    // The hour of a report without a window may still run.
    ['window_end', `NEW.window_end > NEW.accepted_at + NEW.seconds * 1000 + ${aheadMsMax}`] as const,
    ['revision', `NEW.revision > NEW.accepted_at + ${aheadMsMax}`] as const,
    // Asked first whether there is a text at all: nearly every window has none.
    ['gaps', `(NEW.gaps IS NOT NULL AND (length(NEW.gaps) > ${gapsCharsMax} OR NOT json_valid(NEW.gaps)))`] as const,
    ...conditions,
  ];
  const name = `windows_bounds_${event.toLowerCase()}`;
  return {
    name,
    sql: `CREATE TRIGGER ${name} BEFORE ${event} ON windows WHEN
  ${all.map(([, condition]) => condition).join('\n  OR ')}
BEGIN
  SELECT RAISE(ABORT, 'window_bounds: ' || CASE
    ${all.map(([column, condition]) => `WHEN ${condition} THEN '${column}'`).join('\n    ')} END);
END`,
  };
}

/**
 * Lists a replacement that does not take effect and leaves the standing row. One review of a window is open, that of the
 * highest revision; of those that it supersedes the newest are kept.
 */
const hold = (reason: string, columns: readonly string[]): string => `
  UPDATE reviews SET state = 'superseded' WHERE ${sameWindow} AND state = 'open' AND revision < NEW.revision;
  INSERT INTO reviews (${keys.join(', ')}, revision, id, reason, state, held_at, seconds, standing_revision,
    standing_quantities, ${flaws.join(', ')}, quantities)
  VALUES (${keys.map((column) => `NEW.${column}`).join(', ')}, NEW.revision, 'rvw_' || lower(hex(randomblob(16))), ${reason},
    iif(EXISTS (SELECT 1 FROM reviews WHERE ${sameWindow} AND state = 'open' AND revision > NEW.revision), 'superseded', 'open'),
    NEW.accepted_at, NEW.seconds, OLD.revision,
    ${objectOf('OLD', columns)},
    ${flaws.map((column) => `NEW.${column}`).join(', ')},
    ${objectOf('NEW', columns)})
  ON CONFLICT DO NOTHING;
  DELETE FROM reviews WHERE ${sameWindow} AND state = 'superseded' AND revision <= (
    SELECT revision FROM reviews WHERE ${sameWindow} ORDER BY revision DESC LIMIT 1 OFFSET ${reviewsMax});
  SELECT RAISE(IGNORE);
END`;

/** Equal revision, other numbers: two answers to one question. The first stands. */
const conflict = (columns: readonly string[]): Trigger => ({
  name: 'windows_conflict',
  sql: `CREATE TRIGGER windows_conflict BEFORE UPDATE ON windows WHEN NEW.revision = OLD.revision
BEGIN${hold("'revision_conflict'", columns)}`,
});

/**
 * Lowers a quantity by more than 20 % (left out, it is lowered to nothing), was accepted late and changes something, has been
 * replaced too often, or says otherwise than a person's correction: a person decides, until then the old stands. What a
 * person has accepted or corrected is stored.
 */
const held = (columns: readonly string[]): Trigger => {
  const differs = `(${rowOf('NEW', [...flaws, ...columns])}
    IS NOT ${rowOf('OLD', [...flaws, ...columns])})`;
  return {
    name: 'windows_hold',
    sql: `CREATE TRIGGER windows_hold BEFORE UPDATE ON windows WHEN NEW.revision > OLD.revision AND (
  ${columns.map((column) => `coalesce(NEW.${column}, 0) * 5 < OLD.${column} * 4`).join('\n  OR ')}
  OR (NEW.accepted_at > NEW.window_end + ${lateMs} AND ${differs})
  OR (SELECT count(*) FROM window_changes WHERE ${sameWindow}) >= ${changesMax}
  OR (${isCorrection('OLD')} AND ${differs}))
  AND NOT EXISTS (SELECT 1 FROM reviews
    WHERE ${sameWindow} AND state = 'accepted' AND accepted_revision = NEW.revision)
  AND NOT ${isCorrection('NEW')}
BEGIN${hold(
      `CASE WHEN ${isCorrection('OLD')} THEN 'corrected' WHEN NEW.accepted_at > NEW.window_end + ${lateMs} THEN 'late'
    WHEN (SELECT count(*) FROM window_changes WHERE ${sameWindow}) >= ${changesMax} THEN 'repeated' ELSE 'lowered' END`,
      columns,
    )}`,
  };
};

/** A replacement that took effect leaves both, and answers what was held at a lower revision. */
const audit = (columns: readonly string[]): Trigger => ({
  name: 'windows_audit',
  sql: `CREATE TRIGGER windows_audit AFTER UPDATE ON windows
BEGIN
  INSERT INTO window_changes (${keys.join(', ')}, revision, old_revision, changed_at, old_complete, complete,
    old_quantities, quantities)
  VALUES (${keys.map((column) => `NEW.${column}`).join(', ')}, NEW.revision, OLD.revision, NEW.accepted_at,
    OLD.complete, NEW.complete,
    ${objectOf('OLD', columns)},
    ${objectOf('NEW', columns)});
  UPDATE reviews SET state = 'superseded' WHERE ${sameWindow} AND revision < NEW.revision AND state = 'open';
END`,
});

/** The triggers of a table with these columns of quantities. */
export const windowTriggers = (columns: readonly string[] = storedColumns): readonly Trigger[] => [
  bounds('INSERT', columns),
  bounds('UPDATE', columns),
  conflict(columns),
  held(columns),
  audit(columns),
];
