import { describe, expect, it } from 'vitest';
import { decisions, type HandlerResult, noAnswer } from '../../../dev/queue/decision.ts';
import { pullQueue } from '../../../dev/queue/settings.ts';

const ok: HandlerResult = { ...noAnswer, outcome: 'ok' };
const ack = { kind: 'ack' };
const retry = (delayS: number) => ({ kind: 'retry', delayS });

describe('what becomes of a message after the handler', () => {
  it.each<[string, HandlerResult, number | null, number, object]>([
    ['it returned', ok, null, 1, ack],
    ['it retried the message', { ...ok, retryMessages: [{ msgId: 'm' }] }, null, 1, retry(0)],
    [
      'it retried the message with a delay',
      { ...ok, retryMessages: [{ msgId: 'm', delaySeconds: 7 }] },
      5,
      1,
      retry(7),
    ],
    ['it retried the message and the queue has a delay', { ...ok, retryMessages: [{ msgId: 'm' }] }, 5, 1, retry(5)],
    ['it retried another message', { ...ok, retryMessages: [{ msgId: 'other' }] }, null, 1, ack],
    ['it retried the batch', { ...ok, retryBatch: { retry: true, delaySeconds: 3 } }, 5, 1, retry(3)],
    [
      'it retried the batch but acknowledged this one',
      { ...ok, retryBatch: { retry: true }, explicitAcks: ['m'] },
      null,
      1,
      ack,
    ],
    ['it threw', noAnswer, null, 1, retry(1)],
    ['it threw for the third time', noAnswer, null, 3, retry(4)],
    ['it threw for the hundredth time', noAnswer, null, 100, retry(60)],
    ['it threw and the queue has a delay', noAnswer, 9, 3, retry(9)],
    ['it acknowledged this one, then threw', { ...noAnswer, explicitAcks: ['m'] }, null, 1, ack],
    ['it acknowledged all, then threw', { ...noAnswer, ackAll: true }, null, 1, ack],
  ])('when %s', (_when, result, retryDelayS, attempts, expected) => {
    const message = { id: 'm', body: new Uint8Array(), contentType: 'json' as const, sentAtMs: 0, attempts };
    expect(decisions(result, pullQueue('q', { retryDelayS }))(message)).toEqual(expected);
  });
});
