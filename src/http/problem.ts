/** The one body of an error (contract: Errors), and what an unexpected throw becomes. */
import type { ProblemBody } from '../contracts/common.ts';
import { type Failure, statusOf, titleOf } from '../contracts/failures.ts';
import { asDatabaseError, ConstraintFailed, DatabaseUnavailable, GuardFailed } from '../db/failure.ts';
import { framesOf, reasonOf } from '../lib/reason.ts';
import { iso } from '../lib/time.ts';
import type { Services } from '../services.ts';

const problemOf = (failure: Failure, requestId: string, nowMs: number): ProblemBody => ({
  success: false,
  error: titleOf(failure.code),
  code: failure.code,
  message: failure.message,
  details: failure.details ?? {},
  timestamp: iso(nowMs),
  request_id: requestId,
});

const unauthorized = 401;

/** The answer of a failure, in the one error shape. */
export function problemResponse(
  services: Pick<Services, 'requestId' | 'now'>,
  failure: Failure,
  extra: Record<string, string> = {},
): Response {
  const headers: Record<string, string> = { ...extra, 'x-request-id': services.requestId };
  if (failure.retryAfterSeconds !== undefined) headers['Retry-After'] = String(failure.retryAfterSeconds);
  if (statusOf(failure.code) === unauthorized) headers['WWW-Authenticate'] = 'Bearer';
  const body = problemOf(failure, services.requestId, services.now());
  return Response.json(body, { status: statusOf(failure.code), headers });
}

/** What an unexpected throw tells the caller: nothing but an id; an outage of D1 is a 503 to be tried again. */
export function thrownFailure(services: Services, thrown: unknown): Failure {
  const error = asDatabaseError(thrown);
  const request_id = services.requestId;
  if (error instanceof DatabaseUnavailable) {
    services.log('warn', 'D1 is not available', { request_id, error: reasonOf(error) });
    return { code: 'unavailable', message: 'the database is not available, try again', retryAfterSeconds: 5 };
  }
  if (error instanceof GuardFailed || error instanceof ConstraintFailed) {
    services.log('warn', 'a batch was refused again and again', { request_id, error: reasonOf(error) });
    const message = 'another request changed this at the same time, try again';
    return { code: 'unavailable', message, retryAfterSeconds: 1 };
  }
  services.log('error', 'unexpected failure', {
    request_id,
    error: reasonOf(error),
    stack: framesOf(error),
  });
  return { code: 'internal', message: 'something went wrong here; quote the request id when you ask about it' };
}
