/**
 * A correction: a person says what a reporter should have reported of a window, that the window counts nothing, or what was
 * used in an hour that nobody reported (decision 12). What is asked is judged here, and made windows of; what of a window
 * stands is the store's to know. Pure.
 */
import { type Failure, notFound } from '../contracts/failures.ts';
import type { Quantities, QuantityField } from '../contracts/usage.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { hourMs, secondMs } from '../lib/time.ts';
import type { UsageRow } from './message/row.ts';
import { fromBase, type Quantity, quantities, toBase } from './meters.ts';
import { ownedIn, type ReporterRights } from './report.ts';
import { hasSlot, isEmpty, noSlots } from './slots.ts';
import { aheadMsMax, openDays, openMs } from './window-bounds.ts';

export type CorrectionKind = 'replace' | 'void' | 'add';

/** What is asked; times in ms. */
export interface Asked {
  kind: CorrectionKind;
  instanceId: string;
  namespace: string;
  start: number;
  end: number;
  /** Wire values; empty of a `void`. */
  quantities: Given;
  reason: string;
}

/** Wire values that are given; one that is undefined is not. */
type Given = { readonly [F in QuantityField]?: number | undefined };

/** Base units in the catalogue's order, null where not reported. */
export type Values = readonly (number | null)[];

/** A window of a reporter and namespace that stands. */
export interface StandingWindow {
  windowEnd: number;
  seconds: number;
  revision: number;
  values: Values;
}

/** A window that is to hold other numbers. */
export interface ChangedWindow {
  windowEnd: number;
  reporterSeq: number;
  projectSeq: number;
  seconds: number;
  /** The revision that stands; null where none does. */
  standing: number | null;
  before: Values;
  after: Values;
}

/** What a correction does. */
export interface Corrected {
  revision: number;
  /** Null where nothing stood. */
  before: Quantities | null;
  after: Quantities;
  windows: readonly ChangedWindow[];
}

const none: Values = quantities.map(() => null);
const refuse = (code: Failure['code'], message: string) => err<Failure>({ code, message });

/** Nobody's reporter and somebody else's are told alike. */
const unknown: Failure = {
  ...notFound,
  message: 'instance_id and namespace: the customer has no reporter of this name that reports this namespace',
};

/**
 * Judges what is asked, as a report of it would be judged.
 * @param rights null where the customer has no such reporter
 * @returns the number of the namespace
 */
export function judgeCorrection(asked: Asked, rights: ReporterRights | null, now: number): Result<number, Failure> {
  const { kind, start, end } = asked;
  const ownerships = rights?.ownerships.get(asked.namespace) ?? [];
  const projectSeq = ownerships[0]?.projectSeq;
  if (projectSeq === undefined) return err(unknown);
  if (end <= start) return refuse('window_reversed', 'window_end: must be after window_start');
  if (kind === 'add') {
    if (end - start !== hourMs) return refuse('window_length', 'window_end: what is added is a whole UTC hour');
    if (start % hourMs !== 0) return refuse('window_unaligned', 'window_start: must be the beginning of a UTC hour');
  }
  if (end > now) return refuse('window_future', 'window_end: the window is not over yet');
  if (end < now - openMs) return refuse('window_too_old', `the window ended more than ${openDays} days ago`);
  if (kind === 'void') return ok(projectSeq);
  const owned = ownedIn(ownerships, { start, end });
  if (isEmpty(owned)) {
    return refuse('window_not_owned', 'the reporter was not active in this window for this namespace');
  }
  const foreign = quantities.filter((q) => asked.quantities[q.field] !== undefined && !hasSlot(owned, q.bit));
  if (foreign.length === 0) return ok(projectSeq);
  const names = foreign.map(({ field }) => field).join(', ');
  return refuse('window_not_owned', `quantities: the reporter did not own ${names} in this window`);
}

/** What a correction needs to know of where it goes. */
export interface Place {
  reporterSeq: number;
  projectSeq: number;
  /** The length of the reporter's windows. */
  windowSeconds: number;
  /** Those in the asked time that stand. */
  standing: readonly StandingWindow[];
  /** The highest revision that waits for a person in the asked time; null for none. */
  waiting: number | null;
  /** The operator's own meters that are levels. */
  levels: ReadonlySet<string>;
}

/**
 * The windows that the correction changes, under a revision above each that stands and above what waits, so that it answers
 * that too.
 */
export function correctionOf(asked: Asked, place: Place, now: number): Result<Corrected, Failure> {
  const changed = asked.kind === 'add' ? addedTo(asked, place) : replacedIn(asked, place);
  if (!changed.ok) return changed;
  const windows = changed.value;
  const stood = place.standing.filter(({ windowEnd }) => windows.some((w) => w.windowEnd === windowEnd));
  const above = Math.max(now, ...stood.map(({ revision }) => revision + 1));
  return ok({
    revision: place.waiting === null ? above : Math.max(above, Math.min(place.waiting + 1, now + aheadMsMax)),
    before: stood.length === 0 ? null : shownOf(stood[0]?.values ?? none, stood[0]?.seconds ?? 0),
    after:
      asked.kind === 'add' ? shownOf(wholeOf(asked), hourSeconds) : shownOf(windows[0]?.after ?? none, lengthOf(asked)),
    windows,
  });
}

const hourSeconds = hourMs / secondMs;
const lengthOf = ({ start, end }: Asked): number => (end - start) / secondMs;

/** The window that stands at the asked edges, with other numbers or none. */
function replacedIn(asked: Asked, place: Place): Result<ChangedWindow[], Failure> {
  const seconds = lengthOf(asked);
  const found = place.standing.find((window) => window.windowEnd === asked.end && window.seconds === seconds);
  if (!found) return refuse('window_not_found', 'no window of this reporter and namespace stands at these edges');
  const { windowEnd, revision, values } = found;
  const after = asked.kind === 'void' ? none : baseOf(asked.quantities, seconds);
  return ok([{ ...namedBy(place), windowEnd, seconds, standing: revision, before: values, after }]);
}

/** The hour's windows that hold no usage, of which each gets its share. */
function addedTo(asked: Asked, place: Place): Result<ChangedWindow[], Failure> {
  const { windowSeconds: seconds } = place;
  const stepMs = seconds * secondMs;
  const ends = Array.from({ length: Math.round(hourMs / stepMs) }, (_, i) => asked.start + (i + 1) * stepMs);
  const standing = new Map(place.standing.map((window) => [window.windowEnd, window]));
  const free = ends.filter((end) => standing.get(end)?.values.every((value) => value === null) ?? true);
  if (free.length === 0) {
    return refuse('window_exists', 'usage of every window of this hour stands already: replace it instead');
  }
  const whole = wholeOf(asked);
  return ok(
    free.map((windowEnd, i) => ({
      ...namedBy(place),
      windowEnd,
      seconds,
      standing: standing.get(windowEnd)?.revision ?? null,
      before: none,
      after: quantities.map((q) => shareOf(q, whole[q.bit] ?? null, { i, of: free.length, levels: place.levels })),
    })),
  );
}

const namedBy = ({ reporterSeq, projectSeq }: Place) => ({ reporterSeq, projectSeq });

/** A level is held in each of the windows; everything else adds up to what was asked, to the last base unit. */
function shareOf(
  q: Quantity,
  whole: number | null,
  { i, of, levels }: { i: number; of: number; levels: ReadonlySet<string> },
): number | null {
  if (whole === null || q.kind === 'peak' || levels.has(q.field)) return whole;
  return Math.floor(whole / of) + (i < whole % of ? 1 : 0);
}

const baseOf = (given: Given, seconds: number): Values =>
  quantities.map((q) => {
    const value = given[q.field];
    return value === undefined ? null : toBase(q, value, seconds);
  });

const wholeOf = (asked: Asked): Values => baseOf(asked.quantities, hourSeconds);

/** As the wire shows a window's numbers. */
export function shownOf(values: Values, seconds: number): Quantities {
  const reported = quantities.filter((q) => values[q.bit] != null);
  return Object.fromEntries(
    reported.map((q): [QuantityField, number] => [q.field, fromBase(q, values[q.bit] ?? 0, seconds)]),
  );
}

/** The windows as the ledger takes them: whole, because a person vouches for them. */
export const rowsOf = (
  { windows, revision }: Corrected,
  { customerSeq, ownershipVersion }: Pick<ReporterRights, 'customerSeq' | 'ownershipVersion'>,
  now: number,
): UsageRow[] =>
  windows.map(({ windowEnd, reporterSeq, projectSeq, seconds, after }) => ({
    customerSeq,
    ownershipVersion,
    windowEnd,
    reporterSeq,
    projectSeq,
    seconds,
    revision,
    acceptedAt: now,
    complete: true,
    gapMs: 0,
    missing: noSlots,
    gaps: null,
    quantities: [...after],
  }));
