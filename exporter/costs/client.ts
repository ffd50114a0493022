/** Asks OpenCost what a namespace cost in a window. Reading only; what the answer means is allocation.ts. */
import { Agent, type Dispatcher } from 'undici';
import { err, type Result } from '../../src/lib/result.ts';
import { minuteMs, secondMs } from '../../src/lib/time.ts';
import type { Clock } from '../clock.ts';
import type { Span } from '../metering/series.ts';
import { bounded } from '../prometheus/http.ts';
import { type CostFailure, type Costs, costsIn } from './allocation.ts';

export interface OpenCost {
  costs(namespace: string, window: Span): Promise<Result<Costs, CostFailure>>;
  close(): Promise<void>;
}

const timeoutMs = 15_000;
/** One that did not answer is left alone for this long. */
const quietMs = minuteMs;
/** Versions without `filter` answer all namespaces, at about a kilobyte each. */
const answerBytesMax = 2 * 1024 * 1024;

/** Whole seconds, as its documents have them. */
const instant = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

export function openCost(
  url: string,
  clock: Clock,
  limitMs = timeoutMs,
  dispatcher: Dispatcher = new Agent({ connections: 1, allowH2: false }),
): OpenCost {
  const base = new URL(url);
  let quietUntilMs = Number.NEGATIVE_INFINITY;
  const costs = async (namespace: string, window: Span): Promise<Result<Costs, CostFailure>> => {
    // Many windows in a row must not wait for one that is down; a clock that was put back waits no longer than that.
    const waitMs = quietUntilMs - clock.now();
    if (waitMs > 0 && waitMs <= quietMs) return err({ reason: 'unreachable', message: 'it did not answer lately' });
    const told = await ask(namespace, window);
    if (!told.ok && told.error.reason === 'unreachable') quietUntilMs = clock.now() + quietMs;
    return told;
  };
  const ask = async (namespace: string, window: Span): Promise<Result<Costs, CostFailure>> => {
    const query = new URLSearchParams({
      window: `${instant(window.startMs)},${instant(window.endMs)}`,
      aggregate: 'namespace',
      accumulate: 'true',
      filter: `namespace:"${namespace}"`,
    });
    try {
      const response = await dispatcher.request({
        origin: base.origin,
        path: `${base.pathname.replace(/\/$/, '')}/allocation/compute?${query}`,
        method: 'GET',
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(limitMs),
      });
      const body = await bounded(response.body, answerBytesMax);
      if (body === undefined) return err({ reason: 'too_large', message: `more than ${answerBytesMax} bytes` });
      return costsIn(response.statusCode, body, namespace, window);
    } catch (cause) {
      const late = cause instanceof Error && cause.name === 'TimeoutError';
      const words = cause instanceof Error ? cause.message || cause.name : String(cause);
      return err({ reason: 'unreachable', message: late ? `no answer in ${limitMs / secondMs} s` : words });
    }
  };
  return { costs, close: () => dispatcher.close() };
}
