/**
 * What the reporter knows, as a value that is made of entries: open windows, reports that wait, what became of the others.
 * The journal holds the entries, and applying them again gives the same value. Pure; knows neither clock nor disk.
 */
import { ceilTo, floorTo } from './clock.ts';
import type { Source } from './fields.ts';
import type { Identity, UsageReport } from './report.ts';
import { addUnseen, emptyAfter, emptyWindow, mergeInto, type OpenWindow, type Reason, unseenWithin } from './window.ts';

/** Until the API has said how long windows are, quarters of an hour are counted: hours are made of them. */
const provisionalMs = 900_000;
/** Of reports refused for good, the newest so many are kept for people. */
const refusedMax = 100;

export interface Refused {
  code: string;
  report: UsageReport;
}

export interface Ledger {
  /** Who reports; null in an empty journal. */
  identity: Identity | null;
  /** The first start ever, ms. */
  firstMs: number;
  /** The last moment that is accounted for by the wall clock, ms; null before the first. */
  atMs: number | null;
  /** Whether the last process stopped the reporter. */
  stopped: boolean;
  lengthMs: number;
  /** Whether `lengthMs` is the API's. */
  learned: boolean;
  /** The end of the last closed window: what is counted later belongs to one that begins here or after it. */
  floorMs: number;
  open: Map<number, OpenWindow>;
  /** Reports by their window's start. */
  pending: Map<number, UsageReport>;
  refused: Refused[];
  /** Windows given up because too many waited. */
  dropped: number;
}

export type Entry =
  | { kind: 'identity'; identity: Identity; firstMs: number }
  | { kind: 'window'; window: OpenWindow }
  | { kind: 'at'; atMs: number; stopped: boolean }
  | { kind: 'length'; lengthMs: number; learned: boolean }
  | { kind: 'floor'; floorMs: number }
  /** A window is over; null: it is not this reporter's. */
  | { kind: 'closed'; startMs: number; endMs: number; report: UsageReport | null }
  | { kind: 'pending'; startMs: number; report: UsageReport }
  | { kind: 'settled'; startMs: number }
  | { kind: 'refused'; startMs: number; refused: Refused }
  | { kind: 'dropped'; startMs: number | null; total: number };

export const emptyLedger = (): Ledger => ({
  identity: null,
  firstMs: 0,
  atMs: null,
  stopped: false,
  lengthMs: provisionalMs,
  learned: false,
  floorMs: Number.NEGATIVE_INFINITY,
  open: new Map(),
  pending: new Map(),
  refused: [],
  dropped: 0,
});

type Appliers = { [K in Entry['kind']]: (ledger: Ledger, entry: Extract<Entry, { kind: K }>) => void };

const appliers: Appliers = {
  identity: (ledger, { identity, firstMs }) => {
    ledger.identity = identity;
    ledger.firstMs = firstMs;
  },
  window: (ledger, { window }) => {
    // A copy of an older state never brings back a window that has been closed.
    if (window.startMs >= ledger.floorMs) ledger.open.set(window.startMs, window);
  },
  at: (ledger, { atMs, stopped }) => {
    ledger.atMs = atMs;
    ledger.stopped = stopped;
  },
  length: (ledger, { lengthMs, learned }) => {
    if (Number.isFinite(ledger.floorMs)) ledger.floorMs = ceilTo(ledger.floorMs, lengthMs);
    if (lengthMs !== ledger.lengthMs) ledger.open = regrouped(ledger, lengthMs);
    ledger.lengthMs = lengthMs;
    ledger.learned = learned;
  },
  floor: (ledger, { floorMs }) => {
    ledger.floorMs = floorMs;
  },
  closed: (ledger, { startMs, endMs, report }) => {
    ledger.open.delete(startMs);
    ledger.floorMs = Math.max(ledger.floorMs, endMs);
    if (report) ledger.pending.set(startMs, report);
  },
  pending: (ledger, { startMs, report }) => {
    ledger.pending.set(startMs, report);
  },
  settled: (ledger, { startMs }) => {
    ledger.pending.delete(startMs);
  },
  refused: (ledger, { startMs, refused }) => {
    ledger.pending.delete(startMs);
    ledger.refused = [...ledger.refused, refused].slice(-refusedMax);
  },
  dropped: (ledger, { startMs, total }) => {
    if (startMs !== null) ledger.pending.delete(startMs);
    ledger.dropped = total;
  },
};

export function apply<K extends Entry['kind']>(ledger: Ledger, entry: Extract<Entry, { kind: K }>): void {
  const applier = appliers[entry.kind as K] as Appliers[K];
  applier(ledger, entry);
}

/** The entries that make this value: what a journal is rewritten to. */
export function entriesOf(ledger: Ledger): Entry[] {
  const { identity, firstMs, atMs, stopped, lengthMs, learned, floorMs, dropped } = ledger;
  return [
    ...(identity === null ? [] : [{ kind: 'identity' as const, identity, firstMs }]),
    { kind: 'length', lengthMs, learned },
    ...(Number.isFinite(floorMs) ? [{ kind: 'floor' as const, floorMs }] : []),
    ...[...ledger.open.values()].map((window) => ({ kind: 'window' as const, window })),
    ...[...ledger.pending].map(([startMs, report]) => ({ kind: 'pending' as const, startMs, report })),
    ...ledger.refused.map((refused) => ({ kind: 'refused' as const, startMs: Number.NaN, refused })),
    ...(dropped > 0 ? [{ kind: 'dropped' as const, startMs: null, total: dropped }] : []),
    ...(atMs === null ? [] : [{ kind: 'at' as const, atMs, stopped }]),
  ];
}

/**
 * The open windows in windows of another length. One that is divided goes whole into the part that was running when the
 * ledger was last written: windows below a quarter of an hour are for trials.
 */
function regrouped(ledger: Ledger, lengthMs: number): Map<number, OpenWindow> {
  const windows = new Map<number, OpenWindow>();
  for (const window of ledger.open.values()) {
    const lastMs = window.startMs + ledger.lengthMs - 1;
    const seenMs = Math.min(lastMs, Math.max(window.startMs, ledger.atMs ?? ledger.firstMs));
    const startMs = Math.max(floorTo(seenMs, lengthMs), ledger.floorMs);
    const target = windows.get(startMs) ?? emptyWindow(startMs);
    mergeInto(target, unseenWithin(window, startMs, startMs + lengthMs));
    windows.set(startMs, target);
  }
  return windows;
}

/** The start of the window that what happens at `ms` counts in: a closed one is not opened again. */
export const startOf = (ledger: Ledger, ms: number): number => floorTo(Math.max(ms, ledger.floorMs), ledger.lengthMs);

/** The window that what happens at `ms` counts in. */
export function windowAt(ledger: Ledger, ms: number): OpenWindow {
  const startMs = startOf(ledger, ms);
  const known = ledger.open.get(startMs);
  if (known) return known;
  const before = [...ledger.open.keys()].filter((start) => start < startMs);
  const made = emptyAfter(ledger.open.get(Math.max(...before)), startMs);
  ledger.open.set(startMs, made);
  return made;
}

/** Windows between two moments, not more than `max`, the newest: all of them are open afterwards. */
export function windowsBetween(ledger: Ledger, fromMs: number, toMs: number, max: number): OpenWindow[] {
  const lastMs = startOf(ledger, toMs);
  const firstMs = Math.max(startOf(ledger, fromMs), lastMs - (max - 1) * ledger.lengthMs);
  const windows: OpenWindow[] = [];
  for (let ms = firstMs; ms <= lastMs; ms += ledger.lengthMs) windows.push(windowAt(ledger, ms));
  return windows;
}

export interface Stretch {
  reason: Reason;
  fromMs: number;
  toMs: number;
}

/** Notes that some sources were not seen in a stretch of time, in each of its windows. */
export function noteUnseen(
  windows: readonly OpenWindow[],
  lengthMs: number,
  sources: readonly Source[],
  part: Stretch,
): void {
  for (const window of windows) {
    const fromMs = Math.max(part.fromMs, window.startMs);
    const toMs = Math.min(part.toMs, window.startMs + lengthMs);
    if (toMs <= fromMs) continue;
    for (const source of sources) addUnseen(window, { source, reason: part.reason, fromMs, toMs, ms: toMs - fromMs });
  }
}
