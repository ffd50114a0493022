/** What the answer of a queue() handler means for each message of its batch. Pure. */
import { backoffMs } from '../../src/lib/backoff.ts';
import { minuteMs, secondMs } from '../../src/lib/time.ts';
import type { StoredMessage } from './message.ts';
import type { QueueSettings } from './settings.ts';

/** What workerd answers after a queue() handler ran. A handler that threw has another outcome than `ok`. */
export type HandlerResult = {
  outcome: string;
  ackAll: boolean;
  retryBatch: { retry: boolean; delaySeconds?: number };
  explicitAcks: string[];
  retryMessages: { msgId: string; delaySeconds?: number }[];
};

export type Decision = { kind: 'ack' } | { kind: 'retry'; delayS: number };

/** The handler never answered: the Worker or the runtime under it broke. */
export const noAnswer: HandlerResult = {
  outcome: 'exception',
  ackAll: false,
  retryBatch: { retry: false },
  explicitAcks: [],
  retryMessages: [],
};

/**
 * A handler that broke says nothing about delays. Retrying at once would use up a hundred retries within a second and
 * bury good messages because of a bad deploy; so it doubles from one second.
 */
const backoffS = (attempts: number): number => Math.ceil(backoffMs(attempts, AFTER_BREAKING, 0) / secondMs);
const AFTER_BREAKING = { baseMs: secondMs, maxMs: minuteMs, jitter: 0 };

/** A message's own word counts before the batch's, the batch's before the outcome (as `Message` and `MessageBatch` say). */
export function decisions(result: HandlerResult, settings: QueueSettings): (message: StoredMessage) => Decision {
  const acked = new Set(result.explicitAcks);
  const retried = new Map(result.retryMessages.map(({ msgId, delaySeconds }) => [msgId, delaySeconds]));
  const batchDelayS = result.retryBatch.delaySeconds ?? settings.retryDelayS;
  return ({ id, attempts }) => {
    if (acked.has(id)) return { kind: 'ack' };
    if (retried.has(id)) return { kind: 'retry', delayS: retried.get(id) ?? batchDelayS ?? 0 };
    if (result.retryBatch.retry) return { kind: 'retry', delayS: batchDelayS ?? 0 };
    if (result.ackAll || result.outcome === 'ok') return { kind: 'ack' };
    return { kind: 'retry', delayS: settings.retryDelayS ?? backoffS(attempts) };
  };
}
