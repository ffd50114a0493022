/** Sorts what D1 throws into three errors: a guard that did not hold, a constraint, an outage. Anything else is a bug of a statement. */
import { reasonOf } from '../lib/reason.ts';
import { type GuardName, guardNamed } from './guards.ts';
import { ThrownByD1 } from './tagged.ts';

/** A condition of the batch did not hold: nothing was written. */
export class GuardFailed extends Error {
  override name = 'GuardFailed';
  readonly guard: GuardName;
  constructor(guard: GuardName) {
    super(`the guard ${guard} did not hold`);
    this.guard = guard;
  }
}

/** A unique key or a rule of the schema refused the batch; `constraint` is SQLite's or the trigger's own words. */
export class ConstraintFailed extends Error {
  override name = 'ConstraintFailed';
  readonly constraint: string;
  constructor(constraint: string) {
    super(constraint);
    this.constraint = constraint;
  }
}

/** The database could not be asked or could not answer. What was asked may or may not have happened. */
export class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable';
}

/** What the binding itself threw, under whatever drizzle wrapped around it; null when it came from elsewhere. */
function thrownByD1(error: unknown): ThrownByD1 | null {
  for (let e = error; e instanceof Error; e = e.cause) if (e instanceof ThrownByD1) return e;
  return null;
}

/** Sorts what D1 threw; a broken statement is returned as D1 threw it, and whatever was thrown elsewhere as it is. */
export function asDatabaseError(error: unknown): unknown {
  if (error instanceof DatabaseUnavailable) return error;
  const thrown = thrownByD1(error);
  if (!thrown) return error;
  const words = reasonOf(thrown.cause);
  const guard = guardNamed(/guard:([a-z_]+)/.exec(words)?.[1] ?? '');
  if (guard) return new GuardFailed(guard);
  const constraint =
    /(UNIQUE constraint failed: [\w., ]+|CHECK constraint failed: \w+|FOREIGN KEY constraint failed|period_overlap|meter_owned|audit_log is append-only)/.exec(
      words,
    );
  if (constraint?.[1]) return new ConstraintFailed(constraint[1]);
  return isOutage(words)
    ? new DatabaseUnavailable('the database is not available', { cause: error })
    : error === thrown
      ? thrown.cause
      : error;
}

/**
 * Whether the binding said "not now". Cloudflare documents no codes; these are its words (developers.cloudflare.com/d1/observability/debug-d1).
 * A statement that SQLite itself refuses says `SQLITE_…` or names the syntax, and is ours to mend, not to retry.
 */
const isOutage = (words: string): boolean =>
  /Network connection lost|storage caused object to be reset|reset because its code was updated|D1 DB is overloaded|storage operation exceeded timeout|D1_ERROR: (Internal|D1 )|Cannot resolve D1 DB|injected outage|SQLITE_BUSY|SQLITE_IOERR/i.test(
    words,
  );
