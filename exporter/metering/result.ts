/** What one meter came to in a window. */
import { type QuantityField, quantityBounds } from '../../src/contracts/usage.ts';
import type { Unseen } from './unseen.ts';

/** `off` is switched off on purpose: absent and complete. */
export type MeterResult =
  | { field: QuantityField; state: 'seen'; quantity: number; unseen: Unseen[] }
  | { field: QuantityField; state: 'missing'; unseen: Unseen[] }
  | { field: QuantityField; state: 'off' };

/** A sum above the wire's bound is nothing that one window can have used: it is not sent as if it were. */
export function bounded(result: MeterResult): MeterResult {
  if (result.state !== 'seen') return result;
  const sane =
    Number.isFinite(result.quantity) && result.quantity >= 0 && result.quantity <= quantityBounds[result.field];
  return sane ? result : { field: result.field, state: 'missing', unseen: result.unseen };
}
