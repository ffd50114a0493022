/** Which window the exporter computes next, by the API's cursor: or why it must wait, or end. Pure. */
import type { CursorAnswer } from '../../src/contracts/usage.ts';
import { err, ok, type Result } from '../../src/lib/result.ts';
import { ceilTo } from '../../src/lib/time.ts';

export interface StartAt {
  /** Start of the first window to compute. */
  nextMs: number;
  /** The reporter's end; windows that end later are not its own. */
  untilMs: number;
}

/**
 * @param backfillFromMs replaces a fresh reporter's beginning; one that has reported goes on at its cursor
 * @returns a line for people when the reporter's windows are of another length: reports would all be refused
 */
export function startAt(
  cursor: CursorAnswer,
  windowMs: number,
  backfillFromMs: number | null,
): Result<StartAt, string> {
  if (cursor.window_seconds * 1000 !== windowMs) {
    return err(
      `the reporter ${cursor.instance_id} has windows of ${cursor.window_seconds} s, this exporter of ${windowMs / 1000} s: set COLLECTION_INTERVAL accordingly`,
    );
  }
  const cursorMs = Date.parse(cursor.cursor);
  const fresh = cursorMs === Date.parse(cursor.active_from);
  const fromMs = fresh && backfillFromMs !== null ? backfillFromMs : cursorMs;
  const untilMs = cursor.active_until === null ? Number.POSITIVE_INFINITY : Date.parse(cursor.active_until);
  // A window that the reporter owns only in part is not its own.
  return ok({ nextMs: ceilTo(fromMs, windowMs), untilMs });
}
