/** When a reporter begins and ends: edges of the clock. Pure. */
import { ceilTo, floorTo, hourMs, secondMs } from '../lib/time.ts';

/**
 * The edge from which a new reporter owns its meters. A hand-over is at the hour edge at or before `activeFrom`, so that
 * no window of the old owner is cut; where nobody is replaced, the start of the window that contains it.
 */
export const startEdge = (activeFrom: number, windowSeconds: number, takesOver: boolean): number =>
  floorTo(activeFrom, takesOver ? hourMs : windowSeconds * secondMs);

/** The edge at which an ending reporter stops: the end of the window that contains `until`, so that it is reported whole. */
export const endEdge = (until: number, windowSeconds: number): number => ceilTo(until, windowSeconds * secondMs);
