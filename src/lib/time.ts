/** Times inside the system are integer milliseconds since the epoch, UTC; on the wire ISO 8601 with milliseconds. */

export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** A range of time, ms. Which of its edges belongs to it is said where it is used: windows are in `(from, to]`, states in `[from, to)`. */
export interface TimeRange {
  from: number;
  to: number;
}

/** ISO 8601 UTC with milliseconds, e.g. `2026-11-21T10:00:00.000Z`. */
export const iso = (ms: number): string => new Date(ms).toISOString();

/** ISO or null. */
export const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

/** The instant of an ISO text, ms; null where none was given. */
export const msOrNull = (text: string | undefined): number | null => (text === undefined ? null : Date.parse(text));

/** The start of the aligned window of `stepMs` that contains `ms`. */
export const floorTo = (ms: number, stepMs: number): number => Math.floor(ms / stepMs) * stepMs;

/** The first aligned edge at or after `ms`. */
export const ceilTo = (ms: number, stepMs: number): number => Math.ceil(ms / stepMs) * stepMs;
