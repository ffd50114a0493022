/**
 * The form of one report: types, bounds and unknown fields, by hand, because a batch has a thousand of them and every
 * one is judged by itself. Owns nothing about who may report what; that is report.ts.
 */
import { quantityBounds, type ReportErrorCode } from '../contracts/usage.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { parseInstant } from './instant.ts';
import { type Quantity, quantities, quantityOf } from './meters.ts';
import { noSlots, type Slots, withSlot } from './slots.ts';
import { type ReportedGap, readReportedGaps } from './window-gaps.ts';

/** Why a report was refused. */
export interface ReportError {
  code: ReportErrorCode;
  message: string;
}

export interface ReportForm {
  customerId: string;
  instanceId: string;
  namespace: string | null;
  timestamp: number | null;
  window: { start: number; end: number } | null;
  revision: number | null;
  complete: boolean;
  gapSeconds: number;
  missing: Slots;
  /** What was not seen, thing by thing. */
  gaps: ReportedGap[];
  /** Wire values in the catalogue's order, null where absent. */
  values: (number | null)[];
  /** Fields that this version does not know: listed, never refused, for an exporter may be newer than the API. */
  ignored: string[];
}

const ignoredMax = 50;
const ignoredCharsMax = 100;
const textCharsMax = 200;
const gapSecondsMax = 86_400;
const missingMax = 64;

const invalid = (message: string): ReportError => ({ code: 'validation_failed', message });
const outOfRange = (message: string): ReportError => ({ code: 'value_out_of_range', message });

/** What has been read so far; the first error of each kind is kept, so that a wrong type is said before a wrong value. */
interface Reading {
  form: ReportForm;
  start: number | null;
  end: number | null;
  wrongType: ReportError | null;
  wrongValue: ReportError | null;
}

type Reader = (reading: Reading, value: unknown, key: string) => void;

const refuseType = (reading: Reading, message: string): void => {
  reading.wrongType ??= invalid(message);
};

const text =
  (name: 'customerId' | 'instanceId' | 'namespace'): Reader =>
  (reading, value, key) => {
    if (typeof value === 'string' && value.length >= 1 && value.length <= textCharsMax) reading.form[name] = value;
    else refuseType(reading, `${key}: must be a text of 1 to ${textCharsMax} characters`);
  };

const instant =
  (set: (reading: Reading, ms: number) => void): Reader =>
  (reading, value, key) => {
    const ms = typeof value === 'string' ? parseInstant(value) : null;
    if (ms === null) refuseType(reading, `${key}: must be an ISO 8601 instant with an offset`);
    else set(reading, ms);
  };

const readRevision: Reader = (reading, value) => {
  if (typeof value !== 'number') refuseType(reading, 'revision: must be a whole number');
  else if (Number.isSafeInteger(value) && value >= 0) reading.form.revision = value;
  else reading.wrongValue ??= outOfRange('revision: must be a whole number of ms, at least 0');
};

const readComplete: Reader = (reading, value) => {
  if (typeof value === 'boolean') reading.form.complete = value;
  else refuseType(reading, 'complete: must be true or false');
};

const readGap: Reader = (reading, value) => {
  if (typeof value !== 'number') refuseType(reading, 'gap_seconds: must be a number');
  else if (value >= 0 && value <= gapSecondsMax) reading.form.gapSeconds = value;
  else reading.wrongValue ??= outOfRange(`gap_seconds: must be 0 to ${gapSecondsMax}`);
};

const readMissing: Reader = (reading, value) => {
  if (!Array.isArray(value) || value.length > missingMax || value.some((name) => typeof name !== 'string')) {
    refuseType(reading, `missing: must be a list of up to ${missingMax} field names`);
    return;
  }
  for (const name of value as string[]) {
    const quantity = quantityOf.get(name);
    if (quantity) reading.form.missing = withSlot(reading.form.missing, quantity.bit);
    else ignore(reading, `missing.${name}`);
  }
};

const readGapList: Reader = (reading, value) => {
  const read = readReportedGaps(value);
  if (read.ok) {
    reading.form.gaps = read.value.gaps;
    for (const name of read.value.ignored) ignore(reading, name);
  } else if (read.error.code === 'validation_failed') reading.wrongType ??= read.error;
  else reading.wrongValue ??= read.error;
};

const readQuantity =
  ({ field, bit }: Quantity): Reader =>
  (reading, value) => {
    if (typeof value !== 'number') {
      refuseType(reading, `${field}: must be a number`);
      return;
    }
    const bound = quantityBounds[field];
    // JSON's 1e400 reads as Infinity, which no bound admits.
    if (value >= 0 && value <= bound) reading.form.values[bit] = value;
    else reading.wrongValue ??= outOfRange(`${field}: must be a finite number from 0 to ${bound}`);
  };

const readers: ReadonlyMap<string, Reader> = new Map([
  ...quantities.map((q): [string, Reader] => [q.field, readQuantity(q)]),
  ['customer_id', text('customerId')],
  ['instance_id', text('instanceId')],
  ['namespace', text('namespace')],
  [
    'timestamp',
    instant((r, ms) => {
      r.form.timestamp = ms;
    }),
  ],
  [
    'window_start',
    instant((r, ms) => {
      r.start = ms;
    }),
  ],
  [
    'window_end',
    instant((r, ms) => {
      r.end = ms;
    }),
  ],
  ['revision', readRevision],
  ['complete', readComplete],
  ['gap_seconds', readGap],
  ['missing', readMissing],
  ['gaps', readGapList],
]);

function ignore(reading: Reading, name: string): void {
  if (reading.form.ignored.length < ignoredMax) reading.form.ignored.push(name.slice(0, ignoredCharsMax));
}

const noValues: readonly null[] = quantities.map(() => null);

/** Reads one item of a batch, or a single report's body. */
export function readForm(item: unknown): Result<ReportForm, ReportError> {
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    return err(invalid('a report must be an object'));
  const form: ReportForm = {
    customerId: '',
    instanceId: '',
    namespace: null,
    timestamp: null,
    window: null,
    revision: null,
    complete: true,
    gapSeconds: 0,
    missing: noSlots,
    gaps: [],
    values: [...noValues],
    ignored: [],
  };
  const reading: Reading = { form, start: null, end: null, wrongType: null, wrongValue: null };
  for (const key of Object.keys(item)) {
    const read = readers.get(key);
    if (read) read(reading, (item as Record<string, unknown>)[key], key);
    else ignore(reading, key);
  }
  if (form.customerId === '') refuseType(reading, 'customer_id: is required');
  if (form.instanceId === '') refuseType(reading, 'instance_id: is required');
  if ((reading.start === null) !== (reading.end === null)) {
    refuseType(reading, 'window_start and window_end: come together or not at all');
  }
  if (reading.wrongType) return err(reading.wrongType);
  if (reading.wrongValue) return err(reading.wrongValue);
  if (reading.start !== null && reading.end !== null) form.window = { start: reading.start, end: reading.end };
  return ok(form);
}
