/**
 * Meters of the operator's own (spec §3): what plans.yaml's `meters:` means, how they are rated, and what of them stays for
 * ever. A field holds whole millionths of one unit; a unit or a way of adding up that changed would give another meaning
 * to what is stored. Pure.
 */
import { type OwnMeter, ownFields } from '../contracts/own-meters.ts';
import { quantities, quantityOf } from '../usage/meters.ts';
import { baseFeeMeter, ratedMeters } from './meters.ts';
import { type WrittenOwnMeters, writtenSeries } from './own-meters-schema.ts';
import type { OwnRatedMeter, PlanVersion } from './plan.ts';

/** What is wrong, and where in the file. */
export interface OwnMeterIssue {
  path: string;
  message: string;
}

/** Names that mean something else already, those of every JavaScript object included. */
const reserved: ReadonlySet<string> = new Set([
  baseFeeMeter,
  ...[...ratedMeters.values()].flatMap(({ meter, allowance }) => [meter, allowance]),
  ...quantities.flatMap(({ field, column, meter }) => [field, column, meter]),
  ...Object.getOwnPropertyNames(Object.prototype),
]);

/** The meters of a file's section, or everything that is wrong with them. */
export function readOwnMeters(written: WrittenOwnMeters = {}): { meters: OwnMeter[]; issues: OwnMeterIssue[] } {
  const issues: OwnMeterIssue[] = [];
  const meters: OwnMeter[] = [];
  const entries = Object.entries(written);
  if (entries.length > ownFields.length) {
    issues.push({ path: 'meters', message: `at most ${ownFields.length} meters may be your own` });
  }
  for (const [meter, { source: given, ...rest }] of entries) {
    const say = (path: string, message: string) => issues.push({ path: `meters.${meter}${path}`, message });
    if (reserved.has(meter)) say('', `${meter} is the name of something else: choose another`);
    const taken = meters.find(({ field }) => field === rest.field);
    if (taken) say('.field', `${rest.field} is the field of ${taken.meter} already`);
    const source = readSource(given);
    if ('issues' in source) for (const { path, message } of source.issues) say(path, message);
    else {
      const own = { meter, ...rest, source: source.source };
      for (const { path, message } of contradictions(own)) say(path, message);
      meters.push(own);
    }
  }
  return { meters, issues };
}

function readSource(given: unknown): { source: OwnMeter['source'] } | { issues: OwnMeterIssue[] } {
  if (given === 'report') return { source: 'report' };
  if (typeof given !== 'object' || given === null) {
    return { issues: [{ path: '.source', message: 'must be the word report, or a series with kind and match' }] };
  }
  const read = writtenSeries.safeParse(given);
  if (read.success) return { source: read.data };
  return {
    issues: read.error.issues.map(({ path, message }) => ({
      path: ['.source', ...path].map(String).join('.'),
      message,
    })),
  };
}

function contradictions({ adds_up, source }: OwnMeter): OwnMeterIssue[] {
  if (source === 'report') return [];
  const found: OwnMeterIssue[] = [];
  if (source.kind === 'counter' && adds_up === 'level') {
    found.push({ path: '.adds_up', message: 'a counter adds up as a sum: a level is read from a gauge' });
  }
  // Any scraped pod may show any series: only where Prometheus found the target says whose word it is (finding C15).
  const places = ['job', 'namespace'].filter((label) => label !== source.namespace_label);
  if (!places.some((label) => label in source.match)) {
    found.push({
      path: '.source.match',
      message: `must name the ${places.join(' or the ')} of the targets that count: any pod can show such a series`,
    });
  }
  if (source.namespace_label in source.match) {
    found.push({ path: '.source.match', message: `${source.namespace_label} is the label that names the namespace` });
  }
  return found;
}

/** A meter as it is rated. */
export const toRated = ({ meter, field, title, unit, adds_up }: OwnMeter): OwnRatedMeter => ({
  meter,
  field,
  description: title,
  unit,
  baseUnits: quantityOf.get(field)?.baseUnits ?? Number.NaN,
  perMonth: false,
  addsUp: adds_up,
  allowance: meter,
});

/** What of published meters the next would change, of that which stays for ever: a field's meter, unit and way of adding up. */
export function changesOf(standing: readonly OwnMeter[], next: readonly OwnMeter[]): OwnMeterIssue[] {
  return next.flatMap(({ meter, field, unit, adds_up }) => {
    const before = standing.find((other) => other.field === field);
    if (before && !(before.meter === meter && before.unit === unit && before.adds_up === adds_up)) {
      const kept = `${before.meter} in ${before.unit}s, which add up as a ${before.adds_up}`;
      return [
        { path: `meters.${meter}`, message: `${field} is ${kept}, for ever: take another field for another meter` },
      ];
    }
    const elsewhere = standing.find((other) => other.meter === meter);
    if (!elsewhere || elsewhere.field === field) return [];
    return [{ path: `meters.${meter}.field`, message: `${meter} is ${elsewhere.field}, for ever` }];
  });
}

/** A version without the titles of its own meters: a title may change, and a published version keeps the one it had. */
export const withoutTitles = (version: PlanVersion): PlanVersion => ({
  ...version,
  ownMeters: Object.fromEntries(
    Object.entries(version.ownMeters).map(([meter, rated]) => [meter, { ...rated, description: '' }]),
  ),
});
