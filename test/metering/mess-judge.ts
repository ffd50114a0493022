/** Judges a day of mess by what may be said of it: never above the truth, never below it untold, no needless flag. */
import type { WindowReport } from '../../src/contracts/usage.ts';
import type { Mess } from './mess-kit.ts';
import { counters, type Field, fullTruth, gauges, itemsOf } from './truth.ts';

/** A day of three hours begins and ends between two scrapes of a minute. */
const edges = 0.012;
/** Above the truth at most so much; with a flag, so much. */
const overMax = 0.01;
const overMaxFlagged = 0.02;

const gigabyte = 2 ** 30;

/** Everything that is wrong with the reports of a day, in words. */
export function faultsOf({ day, flag, slack = 0, storageMax }: Mess, reports: WindowReport[]): string[] {
  const items = itemsOf(day);
  const flagged = reports.filter((r) => !r.complete).length;
  const faults: string[] = [];
  for (const field of [...counters, ...gauges]) {
    const truth = truthOf(field, items, reports);
    const measured = reports.reduce((sum, r) => sum + (r[field] ?? 0), 0);
    const isMissing = reports.some((r) => r[field] === undefined);
    const most =
      field === 'storage_used_gb' && storageMax !== undefined ? (storageMax / gigabyte) * reports.length : truth;
    const over = flagged > 0 ? overMaxFlagged : overMax;
    if (measured > most * (1 + over) + tiny) faults.push(`${field} ${measured} is above ${most}`);
    const mayBeLess = flagged > 0 || isMissing;
    if (!mayBeLess && measured < truth * (1 - edges - slack) - tiny)
      faults.push(`${field} ${measured} instead of ${truth}`);
  }
  if (flag === 'never' && flagged > 0) faults.push(`${flagged} windows flagged needlessly`);
  if (flag === 'must' && flagged === 0) faults.push('no window flagged');
  return faults;
}

const tiny = 1e-6;

const truthOf = (field: Field, items: ReturnType<typeof itemsOf>, reports: WindowReport[]): number =>
  reports.reduce((sum, r) => sum + fullTruth(items, Date.parse(r.window_start ?? ''))[field], 0);
