/** From the meters of a window to the report that is sent. */
import {
  type Quantities,
  type QuantityField,
  type ReportGap,
  reportGapsMax,
  type WindowReport,
} from '../../src/contracts/usage.ts';
import { iso } from '../../src/lib/time.ts';
import type { MeterResult } from './result.ts';
import type { Span } from './series.ts';
import { lengthMs, type Unseen } from './unseen.ts';

export interface ReportFor {
  customerId: string;
  instanceId: string;
  namespace: string;
  window: Span;
  gapLimitMs: number;
  /** When it was computed, ms; the revision. */
  computedMs: number;
}

// A billionth of an hour or a gigabyte is far below the stored base units; rounding makes equal windows equal numbers.
const decimals = 1e9;
/** Of a thing's name; the API takes no more. */
const thingCharsMax = 200;

/**
 * The exact POST body. A window of which some meter was not seen, or of which something was not seen for too long, is
 * `complete: false` with `gap_seconds` of the worst meter; one of which nothing was seen has no quantities at all and
 * thereby says "unavailable".
 */
export function reportOf(about: ReportFor, results: MeterResult[]): WindowReport {
  const wholeMs = about.window.endMs - about.window.startMs;
  const quantities: Quantities = {};
  const missing: QuantityField[] = [];
  let gapMs = 0;
  let complete = true;
  for (const result of results) {
    if (result.state === 'off') continue;
    if (result.state === 'missing') {
      missing.push(result.field);
      gapMs = wholeMs;
      continue;
    }
    quantities[result.field] = Math.round(result.quantity * decimals) / decimals;
    gapMs = Math.max(gapMs, ...result.unseen.map((u) => lengthMs(u.spans)));
    complete &&= result.unseen.length === 0;
  }
  complete &&= missing.length === 0;
  const gaps = complete ? [] : gapsOf(results, about.window);
  return {
    customer_id: about.customerId,
    instance_id: about.instanceId,
    namespace: about.namespace,
    timestamp: iso(about.computedMs),
    window_start: iso(about.window.startMs),
    window_end: iso(about.window.endMs),
    revision: about.computedMs,
    complete,
    ...(complete ? {} : { gap_seconds: Math.min(wholeMs, gapMs) / 1000 }),
    ...(missing.length > 0 ? { missing } : {}),
    ...(gaps.length > 0 ? { gaps } : {}),
    ...quantities,
  };
}

/** Which thing of which meter was not seen, in which seconds, and why; the longest, as many as a report takes. */
function gapsOf(results: MeterResult[], window: Span): ReportGap[] {
  const gaps = results.flatMap((result) =>
    result.state === 'off' ? [] : result.unseen.map((one) => toGap(result.field, one, window)),
  );
  return gaps.sort((a, b) => b.seconds - a.seconds).slice(0, reportGapsMax);
}

/** What is told however short it was may have no length at all: then it is somewhere in the window. */
function toGap(field: QuantityField, { thing, why, spans }: Unseen, window: Span): ReportGap {
  const [first, last] = [spans[0] ?? window, spans.at(-1) ?? window];
  return {
    field,
    thing: thing.slice(0, thingCharsMax) || '-',
    reason: why,
    from: iso(first.startMs),
    to: iso(last.endMs),
    seconds: lengthMs(spans) / 1000,
  };
}

/** Whether two reports say the same about their window, whenever they were computed. */
export function sameNumbers(a: WindowReport, b: WindowReport): boolean {
  const told = ({ timestamp: _, revision: __, ...rest }: WindowReport): string =>
    JSON.stringify(Object.entries(rest).sort(([x], [y]) => (x < y ? -1 : 1)));
  return told(a) === told(b);
}
