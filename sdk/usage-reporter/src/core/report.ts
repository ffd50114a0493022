/** From a window that is over to the report that is sent, as `POST /api/usage/batch` takes it. Pure. */
import { iso } from './clock.ts';
import { boundOf, type Field, fieldsOf, isCounted, type Source } from './fields.ts';
import type { OpenWindow } from './window.ts';

/** Entries of `gaps`; the API takes no more. */
const gapsMax = 20;

export interface ReportedGap {
  field: Field;
  /** What did not see it. */
  thing: string;
  reason: string;
  from: string;
  to: string;
  seconds: number;
}

export type UsageReport = {
  customer_id: string;
  instance_id: string;
  namespace: string;
  timestamp: string;
  window_start: string;
  window_end: string;
  /** When it was computed, ms. A window has one for ever. */
  revision: number;
  complete: boolean;
  gap_seconds?: number;
  /** Fields of which nothing was seen. */
  missing?: Field[];
  gaps?: ReportedGap[];
} & Partial<Record<Field, number>>;

/** Who reports. */
export interface Identity {
  customerId: string;
  instanceId: string;
  namespace: string;
}

// Far below the units that the API stores; rounding makes equal windows equal numbers.
const decimals = 1e9;

/** What one source says of a window; null where it saw nothing of it. */
function quantitiesOf(window: OpenWindow, source: Source, lengthMs: number): Partial<Record<Field, number>> | null {
  const [primary] = fieldsOf[source];
  const amountOf = (field: Field): number | undefined => {
    const area = window.areas[field];
    return window.sums[field] ?? window.peaks[field] ?? (area === undefined ? undefined : area / lengthMs);
  };
  if (primary === undefined || amountOf(primary) === undefined) return null;
  const told = fieldsOf[source].flatMap((field): [Field, number][] => {
    const amount = amountOf(field);
    return amount === undefined ? [] : [[field, Math.min(boundOf[field], Math.round(amount * decimals) / decimals)]];
  });
  // Zero is true only of what was looked at.
  if (unseenMs(window, source) >= lengthMs && told.every(([, amount]) => amount === 0)) return null;
  return Object.fromEntries(told);
}

const unseenMs = (window: OpenWindow, source: Source): number =>
  window.unseen.reduce((sum, part) => (part.source === source ? sum + part.ms : sum), 0);

/**
 * The report of a window. One of which a part was not seen is `complete: false` with `gap_seconds` of the worst source and
 * the parts by name; one of which nothing was seen has no quantities and thereby says "unavailable".
 */
export function reportOf(who: Identity, window: OpenWindow, lengthMs: number, computedMs: number): UsageReport {
  const quantities: Partial<Record<Field, number>> = {};
  const missing: Field[] = [];
  let gapMs = 0;
  for (const source of window.sources) {
    const told = quantitiesOf(window, source, lengthMs);
    // Of what an application samples only the first field is always there.
    if (told) Object.assign(quantities, told);
    else missing.push(...(isCounted(source) ? fieldsOf[source] : fieldsOf[source].slice(0, 1)));
    gapMs = Math.max(gapMs, told ? Math.min(lengthMs, unseenMs(window, source)) : lengthMs);
  }
  if (Object.keys(quantities).length === 0) gapMs = lengthMs;
  const complete = gapMs === 0;
  const gaps = gapsOf(window, lengthMs);
  return {
    customer_id: who.customerId,
    instance_id: who.instanceId,
    namespace: who.namespace,
    timestamp: iso(computedMs),
    window_start: iso(window.startMs),
    window_end: iso(window.startMs + lengthMs),
    revision: computedMs,
    complete,
    ...(complete ? {} : { gap_seconds: gapMs / 1000 }),
    ...(missing.length > 0 ? { missing } : {}),
    ...(gaps.length > 0 ? { gaps } : {}),
    ...quantities,
  };
}

function gapsOf(window: OpenWindow, lengthMs: number): ReportedGap[] {
  const gaps = window.unseen.flatMap(({ source, reason, fromMs, toMs, ms }) =>
    (isCounted(source) ? fieldsOf[source] : fieldsOf[source].slice(0, 1)).map((field) => ({
      field,
      thing: reason === 'not_sampled' ? `callback of ${source}` : 'process',
      reason,
      from: iso(fromMs),
      to: iso(toMs),
      seconds: Math.min(lengthMs, Math.round(ms)) / 1000,
    })),
  );
  return gaps.sort((a, b) => b.seconds - a.seconds).slice(0, gapsMax);
}
