/** Reads instants of the wire without a schema library: a batch has thousands of them. */

const pattern = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** Days that every month has; only later ones need the calendar. */
const shortestMonthDays = 28;

/** Milliseconds since the epoch of an ISO 8601 instant with an offset; null when it is not one (February 30 is not). */
export function parseInstant(text: string): number | null {
  const match = pattern.exec(text);
  if (!match) return null;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return null;
  const day = Number(match[3]);
  if (day <= shortestMonthDays) return ms;
  const lastOfMonth = new Date(Date.UTC(Number(match[1]), Number(match[2]), 0)).getUTCDate();
  return day <= lastOfMonth ? ms : null;
}
