/**
 * One window while it is counted: what was counted, what was sampled, what was not seen. Plain data that goes to the journal
 * as it is. Knows neither time nor which window is open.
 */
import type { Field, Source } from './fields.ts';

/** Why a part of a window was not seen. */
export type Reason =
  /** Nothing of before this reporter's first start is known. */
  | 'not_started'
  /** The process ended without stopping the reporter; what it had not yet flushed is lost. */
  | 'crashed'
  /** The wall clock was put forward over it. */
  | 'clock_step'
  /** The source was attached after the start. */
  | 'not_attached'
  /** The callback gave no usable answer for too long. */
  | 'not_sampled';

/** All that was not seen of a source for one reason, from the first moment to the last. */
export interface Unseen {
  source: Source;
  reason: Reason;
  fromMs: number;
  toMs: number;
  /** In all; less than from `fromMs` to `toMs` where it was seen in between. */
  ms: number;
}

type Amounts = Partial<Record<Field, number>>;

export interface OpenWindow {
  startMs: number;
  /** The sources in use. */
  sources: Source[];
  sums: Amounts;
  peaks: Amounts;
  /** Value × ms, of fields whose average counts. */
  areas: Amounts;
  unseen: Unseen[];
}

export const emptyWindow = (startMs: number): OpenWindow => ({
  startMs,
  sources: [],
  sums: {},
  peaks: {},
  areas: {},
  unseen: [],
});

/** The window after `before` in which nothing has happened yet: the same sources, and zero of what adds up. */
export const emptyAfter = (before: OpenWindow | undefined, startMs: number): OpenWindow => ({
  ...emptyWindow(startMs),
  sources: [...(before?.sources ?? [])],
  sums: Object.fromEntries(Object.keys(before?.sums ?? {}).map((field) => [field, 0])),
});

/** Says that a source is in use: from then on, nothing of a field that it counts is zero. */
export function use(window: OpenWindow, source: Source, counted: readonly Field[] = []): void {
  if (!window.sources.includes(source)) window.sources.push(source);
  for (const field of counted) addSum(window, field, 0);
}

const addTo = (amounts: Amounts, field: Field, amount: number): void => {
  amounts[field] = (amounts[field] ?? 0) + amount;
};
export const addSum = (window: OpenWindow, field: Field, amount: number): void => addTo(window.sums, field, amount);
export const addArea = (window: OpenWindow, field: Field, amount: number): void => addTo(window.areas, field, amount);
export const addPeak = (window: OpenWindow, field: Field, value: number): void => {
  window.peaks[field] = Math.max(window.peaks[field] ?? 0, value);
};

export function addUnseen(window: OpenWindow, part: Unseen): void {
  const known = window.unseen.find(({ source, reason }) => source === part.source && reason === part.reason);
  if (!known) {
    window.unseen.push({ ...part });
    return;
  }
  known.fromMs = Math.min(known.fromMs, part.fromMs);
  known.toMs = Math.max(known.toMs, part.toMs);
  known.ms += part.ms;
}

/** Takes back what a step of the clock seemed to leave out after `ms`: that time is lived after all. */
export function forgetStepsAfter(window: OpenWindow, ms: number): void {
  window.unseen = window.unseen.flatMap((part) => {
    if (part.reason !== 'clock_step' || part.toMs <= ms) return [part];
    const leftMs = Math.min(part.ms, ms - part.fromMs);
    return leftMs > 0 ? [{ ...part, toMs: ms, ms: leftMs }] : [];
  });
}

/** Whether anything was counted or sampled in it but zero. */
export const hasCounts = ({ sums, peaks, areas }: OpenWindow): boolean =>
  [sums, peaks, areas].some((amounts) => Object.values(amounts).some((amount) => amount !== 0));

/** Adds all of one window to another. */
export function mergeInto(target: OpenWindow, other: OpenWindow): void {
  for (const source of other.sources) use(target, source);
  for (const [field, amount] of Object.entries(other.sums)) addSum(target, field as Field, amount);
  for (const [field, amount] of Object.entries(other.areas)) addArea(target, field as Field, amount);
  for (const [field, value] of Object.entries(other.peaks)) addPeak(target, field as Field, value);
  for (const part of other.unseen) addUnseen(target, part);
}

/** The window with only what was not seen between two moments. */
export const unseenWithin = (window: OpenWindow, fromMs: number, toMs: number): OpenWindow => ({
  ...window,
  unseen: window.unseen.flatMap((part) => {
    const [from, to] = [Math.max(part.fromMs, fromMs), Math.min(part.toMs, toMs)];
    return to > from ? [{ ...part, fromMs: from, toMs: to, ms: Math.min(part.ms, to - from) }] : [];
  }),
});

/** What was added to a window since it was `before`; peaks cannot be told apart. */
export const addedSince = (window: OpenWindow, before: OpenWindow | undefined): OpenWindow => {
  const less = (amounts: Amounts, known: Amounts = {}): Amounts =>
    Object.fromEntries(
      Object.entries(amounts).map(([field, amount]) => [field, amount - (known[field as Field] ?? 0)]),
    );
  return { ...window, sums: less(window.sums, before?.sums), areas: less(window.areas, before?.areas), unseen: [] };
};
