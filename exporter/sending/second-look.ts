/** Whether a window that was computed again should replace what was sent. */
import { type QuantityField, quantityFields, type WindowReport } from '../../src/contracts/usage.ts';
import { costFields } from '../costs/allocation.ts';
import { sameNumbers } from '../metering/report.ts';

export type Look = 'same' | 'changed' | 'less';

// Rounding of an average over samples that came in between.
const tolerance = 0.001;

/**
 * Late samples add to a window. A second look that shows less (a Prometheus that lost its disk) says nothing about the
 * window, only about Prometheus: the first look stands.
 */
export function compareLooks(first: WindowReport, second: WindowReport): Look {
  if (sameNumbers(first, second)) return 'same';
  const less = quantityFields.some((field: QuantityField) => {
    // A peak is no sum: samples that come in between can part two pods that seemed to live at once.
    if (field === 'running_pods') return false;
    const before = first[field];
    const after = second[field];
    // OpenCost reconciles its prices later, in either direction; what it no longer tells is still less.
    if (costFields.some((one) => one === field) && after !== undefined) return false;
    return before !== undefined && (after === undefined || after < before * (1 - tolerance));
  });
  return less ? 'less' : 'changed';
}
