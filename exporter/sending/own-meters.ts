/**
 * Which meters are the operator's own, as the API says: asked at most once an interval, so that a meter that is published
 * reaches an exporter that runs. An API that does not answer changes nothing; until it has answered once nothing is known,
 * and no window is computed, for one without its own meters would look like one in which they were zero.
 */
import type { Logger } from 'pino';
import { type ApiFailure, sentenceOf } from '../../src/lib/api-client.ts';
import { ok, type Result } from '../../src/lib/result.ts';
import { minuteMs } from '../../src/lib/time.ts';
import type { Clock } from '../clock.ts';
import type { BillingApi } from './api.ts';
import { type Learned, nothingLearned } from './learned.ts';

export interface OwnMeters {
  learn(): Promise<Result<Learned, ApiFailure>>;
}

/** After an API that did not answer. */
const againMs = 5 * minuteMs;
const notThere = 404;

/** @param intervalMs how often windows are computed */
export function learnOwnMeters(
  api: Pick<BillingApi, 'ownMeters'>,
  { customerId, intervalMs }: { customerId: string; intervalMs: number },
  clock: Clock,
  log: Logger,
): OwnMeters {
  let known: Learned | null = null;
  let nextAskMs = Number.NEGATIVE_INFINITY;
  const ask = async (): Promise<Result<Learned, ApiFailure>> => {
    const answer = await api.ownMeters(customerId);
    if (answer.ok) return answer;
    // An API of before has no such meters.
    if (answer.error.status === notThere && known === null) return ok(nothingLearned);
    if (known === null) return answer;
    log.warn({ reason: sentenceOf(answer.error) }, 'The own meters could not be asked for; the last known ones stand');
    return ok(known);
  };
  const learn = async (): Promise<Result<Learned, ApiFailure>> => {
    const now = clock.now();
    // A clock that was put back since asks again.
    if (known && now < nextAskMs && nextAskMs - now <= intervalMs) return ok(known);
    const learned = await ask();
    if (!learned.ok) return learned;
    nextAskMs = now + (learned.value === known ? Math.min(againMs, intervalMs) : intervalMs);
    if (JSON.stringify(known ?? nothingLearned) !== JSON.stringify(learned.value)) {
      const fields = learned.value.measured.map(({ field, meter }) => `${field} (${meter})`);
      log.info({ measured: fields, unknown: learned.value.unknown }, 'The own meters to measure have changed');
    }
    known = learned.value;
    return learned;
  };
  return { learn };
}
