/**
 * Instants as people write them: a date, an ISO instant, a stretch of time from now (`7d`), or `now`. All is UTC, as the
 * API's own times are. Pure.
 */
import { z } from 'zod';
import { instant } from '../src/contracts/common.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import { dayMs, hourMs, iso, minuteMs } from '../src/lib/time.ts';

const units = { m: minuteMs, h: hourMs, d: dayMs, w: 7 * dayMs } as const;
const stretch = /^(\d{1,5})([mhdw])$/;
/** `2026-11-01T10:00`, with an offset or without: seconds may be left out. */
const toTheMinute = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(Z|[+-]\d\d:\d\d)?$/;
/** Without an offset: UTC. */
const withoutOffset = z.iso.datetime({ local: true });

export const whenHelp = '2026-11-01, an ISO instant, 7d, 12h or now; UTC';

/**
 * The instant as ISO 8601 UTC with milliseconds; the failure is one line.
 * @param now ms since the epoch
 * @param direction whether `7d` is seven days ago or in seven days
 */
export function instantFrom(text: string, now: number, direction: 'ago' | 'ahead'): Result<string, string> {
  if (text === 'now') return ok(iso(now));
  const [, count, unit] = stretch.exec(text) ?? [];
  if (count !== undefined && (unit === 'm' || unit === 'h' || unit === 'd' || unit === 'w')) {
    const ms = Number(count) * units[unit];
    return ok(iso(direction === 'ago' ? now - ms : now + ms));
  }
  if (z.iso.date().safeParse(text).success) return ok(`${text}T00:00:00.000Z`);
  const whole = text.replace(toTheMinute, '$1:00$2');
  if (instant.safeParse(whole).success) return ok(iso(Date.parse(whole)));
  return withoutOffset.safeParse(whole).success ? ok(iso(Date.parse(`${whole}Z`))) : err(`must be ${whenHelp}`);
}
