/**
 * What of a window was not seen, entry by entry: which meter, which thing, which seconds, why. Read from a report, kept as one
 * short text beside the window, and shown with its gaps. Pure.
 */
import { type QuantityField, type ReportErrorCode, reportGapsMax } from '../contracts/usage.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { toOneLine } from '../lib/text.ts';
import { secondMs } from '../lib/time.ts';
import { parseInstant } from './instant.ts';
import { fieldsIn, quantities, quantityOf } from './meters.ts';

/** An entry of a report; times are ms. */
export interface ReportedGap {
  /** The quantity's bit in the catalogue. */
  bit: number;
  thing: string;
  reason: string;
  from: number;
  to: number;
  /** Not seen in all: less than from `from` to `to` where it was seen in between. */
  ms: number;
}

/** A part of a range that was not seen, added up over its windows; `thing` null where a meter was not seen at all. */
export interface GapDetail {
  field: QuantityField;
  thing: string | null;
  reason: string;
  from: number;
  to: number;
  ms: number;
}

interface ReadError {
  code: ReportErrorCode;
  message: string;
}

const fieldCharsMax = 64;
const thingCharsMax = 200;
const secondsMax = 86_400;
const reasonPattern = /^[a-z][a-z_]{0,31}$/;
const knownKeys = ['field', 'thing', 'reason', 'from', 'to', 'seconds'];

/** The text of a window has at most so many characters; the shard refuses more (window-triggers.ts). */
export const gapsCharsMax = 2000;

const invalid = (message: string) => err<ReadError>({ code: 'validation_failed', message: `gaps: ${message}` });
const isText = (value: unknown, max: number): value is string =>
  typeof value === 'string' && value.length >= 1 && value.length <= max;

function readEntry(entry: unknown): Result<Omit<ReportedGap, 'bit'> & { field: string }, ReadError> {
  if (typeof entry !== 'object' || entry === null) return invalid('an entry must be an object');
  const { field, thing, reason, from, to, seconds } = entry as Record<string, unknown>;
  if (!isText(field, fieldCharsMax)) return invalid('field must be the name of a quantity');
  if (!isText(thing, thingCharsMax)) return invalid(`thing must be a text of 1 to ${thingCharsMax} characters`);
  if (typeof reason !== 'string' || !reasonPattern.test(reason))
    return invalid('reason must be a word such as not_shown');
  if (typeof seconds !== 'number') return invalid('seconds must be a number');
  const [fromMs, toMs] = [from, to].map((at) => (typeof at === 'string' ? parseInstant(at) : null));
  if (fromMs == null || toMs == null) return invalid('from and to must be ISO 8601 instants with an offset');
  if (seconds >= 0 && seconds <= secondsMax && fromMs <= toMs) {
    return ok({ field, thing, reason, from: fromMs, to: toMs, ms: Math.round(seconds * secondMs) });
  }
  const message = `gaps: seconds must be 0 to ${secondsMax}, and from not after to`;
  return err<ReadError>({ code: 'value_out_of_range', message });
}

/** Reads the entries of a report. `ignored` names fields and keys that this version does not know. */
export function readReportedGaps(value: unknown): Result<{ gaps: ReportedGap[]; ignored: string[] }, ReadError> {
  if (!Array.isArray(value) || value.length > reportGapsMax) {
    return invalid(`must be a list of up to ${reportGapsMax} entries`);
  }
  const gaps: ReportedGap[] = [];
  const ignored = new Set<string>();
  for (const entry of value as unknown[]) {
    const read = readEntry(entry);
    if (!read.ok) return read;
    const { field, ...rest } = read.value;
    const quantity = quantityOf.get(field);
    if (quantity) gaps.push({ bit: quantity.bit, ...rest });
    else ignored.add(`gaps.${field}`);
    for (const key of Object.keys(entry as object)) if (!knownKeys.includes(key)) ignored.add(`gaps.${key}`);
  }
  return ok({ gaps, ignored: [...ignored] });
}

/** One line of ASCII: messages count their characters as bytes, and Kubernetes' names are ASCII. */
const plain = (thing: string): string => toOneLine(thing).replace(/[^\x20-\x7e]/g, '?');

/**
 * The text that is stored: a JSON array of `[bit, reason, thing, from, to, ms]`, times in ms from the window's start, longest
 * first. Entries that the text has no room for are left out. Null for none.
 */
export function toGapsText(gaps: readonly ReportedGap[], window: { start: number; end: number }): string | null {
  const entries: string[] = [];
  let chars = 1;
  for (const { bit, reason, thing, from, to, ms } of [...gaps].sort((a, b) => b.ms - a.ms)) {
    const [since, until] = [from, to].map((at) => Math.min(Math.max(at, window.start), window.end) - window.start);
    const most = window.end - window.start;
    const entry = JSON.stringify([bit, reason, plain(thing), since, until, Math.min(ms, most)]);
    chars += entry.length + 1;
    if (chars > gapsCharsMax) break;
    entries.push(entry);
  }
  return entries.length > 0 ? `[${entries.join(',')}]` : null;
}

/** What some windows of one reporter and namespace said of a thing, added up. */
export interface ToldGap {
  bit: number;
  reason: string;
  thing: string;
  from: number;
  to: number;
  ms: number;
}

/** Windows that lack the same meters, added up. */
export interface ToldMissing {
  low: number;
  high: number;
  from: number;
  to: number;
  ms: number;
}

/** The entries of a gap, longest first, as many as are shown. */
export function detailsOf(told: readonly ToldGap[], missing: readonly ToldMissing[]): GapDetail[] {
  const lacking = missing.flatMap(({ low, high, from, to, ms }) =>
    fieldsIn({ low, high }).map((field): GapDetail => ({ field, thing: null, reason: 'missing', from, to, ms })),
  );
  const byField = [...Map.groupBy(lacking, ({ field }) => field).values()].flatMap(([first, ...others]) =>
    first ? [others.reduce(joined, first)] : [],
  );
  const things = told.flatMap(({ bit, ...rest }): GapDetail[] => {
    const field = quantities[bit]?.field;
    return field ? [{ field, ...rest }] : [];
  });
  return [...byField, ...things].sort((a, b) => b.ms - a.ms).slice(0, reportGapsMax);
}

const joined = (a: GapDetail, b: GapDetail): GapDetail => ({
  ...a,
  from: Math.min(a.from, b.from),
  to: Math.max(a.to, b.to),
  ms: a.ms + b.ms,
});
