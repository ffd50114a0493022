/** What the exporter knows about itself, for /health, /ready and /metrics. Counts are since the start. */
export interface State {
  startedMs: number;
  /** When Prometheus last answered for everything that was due, with the API's cursor known. */
  lastSuccessMs: number | null;
  /** When a window was last computed. */
  lastCollectionMs: number | null;
  windowsCollected: number;
  windowsIncomplete: number;
  windowsRevised: number;
  reportsAccepted: number;
  reportsRejected: number;
  failures: { prometheus: number; api: number; spool: number };
  /** The last failure in words, until it is over. */
  trouble: string | null;
}

export const newState = (startedMs: number): State => ({
  startedMs,
  lastSuccessMs: null,
  lastCollectionMs: null,
  windowsCollected: 0,
  windowsIncomplete: 0,
  windowsRevised: 0,
  reportsAccepted: 0,
  reportsRejected: 0,
  failures: { prometheus: 0, api: 0, spool: 0 },
  trouble: null,
});

const graceMs = 5 * 60_000;

/** Ready: it has worked once, and within the last two intervals and five minutes, also by a clock that was put back. */
export const isReady = (state: State, intervalMs: number, nowMs: number): boolean =>
  state.lastSuccessMs !== null && Math.abs(nowMs - state.lastSuccessMs) <= 2 * intervalMs + graceMs;
