/** When a cron expression is due: five fields with `*`, numbers, ranges, steps and lists; UTC, as on Cloudflare. */

type Field = { from: number; to: number };
const FIELDS: Field[] = [
  { from: 0, to: 59 }, // minute
  { from: 0, to: 23 }, // hour
  { from: 1, to: 31 }, // day of the month
  { from: 1, to: 12 }, // month
  { from: 1, to: 7 }, // day of the week, Sunday is 1 (Cloudflare counts so)
];

function partMatches(part: string, value: number, { from, to }: Field): boolean {
  const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
  if (match === null) throw new RangeError(`"${part}" is not understood in a cron expression`);
  const [, first, last, step] = match;
  const start = first === undefined ? from : Number(first);
  const end = last !== undefined ? Number(last) : first === undefined || step !== undefined ? to : start;
  return value >= start && value <= end && (value - start) % Number(step ?? 1) === 0;
}

/** Whether `cron` is due in the minute of `at`. Throws RangeError for an expression that it does not understand. */
export function isDue(cron: string, at: Date): boolean {
  const parts = cron.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) throw new RangeError(`"${cron}" must have five fields`);
  const values = [at.getUTCMinutes(), at.getUTCHours(), at.getUTCDate(), at.getUTCMonth() + 1, at.getUTCDay() + 1];
  return FIELDS.every((field, index) =>
    (parts[index] ?? '').split(',').some((part) => partMatches(part, values[index] ?? 0, field)),
  );
}
