/**
 * The judgement of one report: who may report it, which window it is, what of it counts (spec §3). Pure; whether the
 * window was reported before is the store's to know (revisions, reviews).
 */
import { namespaceOf, shortIdOf } from '../lib/ids.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { floorTo, hourMs, secondMs } from '../lib/time.ts';
import { type ReportError, type ReportForm, readForm } from './form.ts';
import type { UsageRow } from './message/row.ts';
import { fieldsIn, quantities, toBase } from './meters.ts';
import { hasSlot, isEmpty, noSlots, type Slots, union, withSlot } from './slots.ts';
import { aheadMsMax, openDays, openMs } from './window-bounds.ts';
import { toGapsText } from './window-gaps.ts';

/** Some meters of a namespace for a time, ms; `untilAt` null goes on. */
export interface Ownership {
  projectSeq: number;
  meters: Slots;
  fromAt: number;
  untilAt: number | null;
}

/** A reporter with all that it ever owned: what a report is checked against. */
export interface ReporterRights {
  customerSeq: number;
  ownershipVersion: number;
  reporterSeq: number;
  windowSeconds: number;
  /** By namespace: a reporter may own hundreds, and every report of a batch asks for one. */
  ownerships: ReadonlyMap<string, readonly Ownership[]>;
}

export interface Judge {
  /** The clock, ms. */
  now: number;
  /** The reporter of (customer, instance), or which of the two the caller may not speak for. */
  find: (customerId: string, instanceId: string) => ReporterRights | 'customer_mismatch' | 'unknown_reporter';
}

export interface Accepted {
  row: UsageRow;
  ignored: string[];
}

const seedWindowSeconds = 3600;

const refuse = (code: ReportError['code'], message: string) => err<ReportError>({ code, message });

/** The window of the seeds' form: the UTC hour of `timestamp - 1 ms`, which may still be running. */
function seedWindow(timestamp: number, rights: ReporterRights, now: number) {
  if (rights.windowSeconds !== seedWindowSeconds) {
    return refuse(
      'window_length',
      `a report without a window is an hour; this reporter's are ${rights.windowSeconds} s`,
    );
  }
  if (timestamp > now + aheadMsMax) return refuse('window_future', 'timestamp: is more than 5 minutes ahead');
  const start = floorTo(timestamp - 1, hourMs);
  return ok({ start, end: start + hourMs });
}

function statedWindow(window: { start: number; end: number }, rights: ReporterRights, now: number) {
  const lengthMs = rights.windowSeconds * secondMs;
  if (window.end <= window.start) return refuse('window_reversed', 'window_end: must be after window_start');
  if (window.end - window.start !== lengthMs) {
    return refuse('window_length', `the window must be ${rights.windowSeconds} s long, as this reporter's are`);
  }
  if (window.start % lengthMs !== 0) return refuse('window_unaligned', 'window_start: must be aligned to the clock');
  if (window.end > now + aheadMsMax) return refuse('window_future', 'window_end: is more than 5 minutes ahead');
  return ok(window);
}

/** The meters that the reporter owned during the whole window, and the namespace's number; 0 is none. */
function owned(rights: ReporterRights, namespace: string, window: { start: number; end: number }) {
  const ownerships = rights.ownerships.get(namespace) ?? [];
  return { projectSeq: ownerships[0]?.projectSeq ?? null, meters: ownedIn(ownerships, window) };
}

/** The meters owned during a whole window. */
export function ownedIn(ownerships: readonly Ownership[], window: { start: number; end: number }): Slots {
  let meters = noSlots;
  for (const o of ownerships) {
    if (o.fromAt <= window.start && (o.untilAt === null || window.end <= o.untilAt)) meters = union(meters, o.meters);
  }
  return meters;
}

/**
 * What of a window's quantities is its reporter's by the ownerships as they are now: what was taken away since counts for whoever
 * has it. Null when nothing of it is left.
 */
export function stillOwned(
  { windowEnd, seconds, quantities: reported }: Pick<UsageRow, 'windowEnd' | 'seconds' | 'quantities'>,
  ownerships: readonly Ownership[],
): UsageRow['quantities'] | null {
  const meters = ownedIn(ownerships, { start: windowEnd - seconds * secondMs, end: windowEnd });
  const kept = reported.map((value, bit) => (hasSlot(meters, bit) ? value : null));
  const hadSome = reported.some((value) => value !== null);
  return isEmpty(meters) || (hadSome && kept.every((value) => value === null)) ? null : kept;
}

/** Judges a row again, by the ownerships of its reporter and namespace as they are now. Null when nothing of the row is left. */
export function judgeAgain(row: UsageRow, ownerships: readonly Ownership[], ownershipVersion: number): UsageRow | null {
  const kept = stillOwned(row, ownerships);
  return kept && { ...row, ownershipVersion, quantities: kept };
}

/** Base units of what is owned; what is not owned is left out and named. */
function counted(form: ReportForm, meters: Slots, seconds: number) {
  let notOwned = noSlots;
  let some = false;
  const values = form.values.slice();
  for (const q of quantities) {
    const value = values[q.bit] ?? null;
    if (value === null) continue;
    const isOwned = hasSlot(meters, q.bit);
    values[q.bit] = isOwned ? toBase(q, value, seconds) : null;
    if (isOwned) some = true;
    else notOwned = withSlot(notOwned, q.bit);
  }
  return { values, some, notOwned };
}

/** Judges one report. The row is what the queue carries; `ignored` lists fields that do not count, unknown or not owned. */
export function judgeReport(item: unknown, judge: Judge): Result<Accepted, ReportError> {
  const read = readForm(item);
  if (!read.ok) return read;
  const form = read.value;
  const rights = judge.find(form.customerId, form.instanceId);
  if (rights === 'customer_mismatch') return refuse(rights, 'customer_id: is not a customer this key may report for');
  if (rights === 'unknown_reporter') return refuse(rights, 'instance_id: is not a reporter this key may speak for');
  const namespace = form.namespace ?? namespaceOf(shortIdOf(form.customerId));
  if (!rights.ownerships.has(namespace)) {
    return refuse('unknown_namespace', 'namespace: is not one of this reporter');
  }
  const timestamp = form.timestamp ?? judge.now;
  const window = form.window ? statedWindow(form.window, rights, judge.now) : seedWindow(timestamp, rights, judge.now);
  if (!window.ok) return window;
  if (window.value.end < judge.now - openMs) {
    return refuse('window_too_old', `the window ended more than ${openDays} days ago`);
  }
  const revision = revisionOf(form, window.value, judge.now);
  if (!revision.ok) return revision;
  return rowOf(form, rights, namespace, window.value, revision.value, judge.now);
}

/**
 * The time of computation, which is that of acceptance where the report says nothing. A window is computed after its end;
 * only the hour of a report without a window may still run. Seconds instead of milliseconds are found here too.
 */
function revisionOf(
  form: ReportForm,
  window: { start: number; end: number },
  now: number,
): Result<number, ReportError> {
  const earliest = form.window ? window.end : window.start;
  const revision = form.revision ?? form.timestamp ?? now;
  if (revision > now + aheadMsMax) return refuse('revision_future', 'revision: is more than 5 minutes ahead');
  if ((form.revision ?? earliest) < earliest) {
    return refuse(
      'value_out_of_range',
      'revision: is before the end of its window; it is the time of computation in ms',
    );
  }
  if ((form.timestamp ?? earliest) < (form.revision === null ? earliest : window.start)) {
    return refuse('value_out_of_range', 'timestamp: is before the window; it is the time of computation');
  }
  return ok(revision);
}

function rowOf(
  form: ReportForm,
  rights: ReporterRights,
  namespace: string,
  window: { start: number; end: number },
  revision: number,
  now: number,
): Result<Accepted, ReportError> {
  const { projectSeq, meters } = owned(rights, namespace, window);
  if (projectSeq === null || isEmpty(meters)) {
    return refuse('window_not_owned', 'the reporter was not active in this window for this namespace');
  }
  const seconds = rights.windowSeconds;
  const { values, some, notOwned } = counted(form, meters, seconds);
  if (!some && !isEmpty(notOwned))
    return refuse('window_not_owned', 'another reporter owns every quantity of this report');
  if (!some && form.complete) return refuse('no_quantities', 'a report without quantities must say complete: false');
  const gapMs = some ? Math.min(Math.round(form.gapSeconds * secondMs), seconds * secondMs) : seconds * secondMs;
  const row: UsageRow = {
    customerSeq: rights.customerSeq,
    ownershipVersion: rights.ownershipVersion,
    windowEnd: window.end,
    reporterSeq: rights.reporterSeq,
    projectSeq,
    seconds,
    revision,
    acceptedAt: now,
    complete: form.complete && gapMs === 0 && isEmpty(form.missing) && form.gaps.length === 0,
    gapMs,
    missing: form.missing,
    gaps: toGapsText(form.gaps, window),
    quantities: values,
  };
  const ignored = isEmpty(notOwned) ? form.ignored : [...form.ignored, ...fieldsIn(notOwned)];
  return ok({ row, ignored });
}
