/**
 * What the pages know of the API's answers, and when they ask again: what may be asked later is, twice; a 401 of any call
 * ends the session here too.
 */
import { hashKey, MutationCache, QueryCache, QueryClient, type QueryKey } from '@tanstack/react-query';
import { CallFailed } from './api.ts';

const retriesMax = 2;
/** A server that asks for a longer pause is not waited for: the page says so, with a button. */
const waitMsMax = 5_000;
const staleMs = 5_000;

/** Whether a read is asked for again by itself. @param retries those that there were already */
function asksAgain(retries: number, error: unknown): boolean {
  if (retries >= retriesMax || !(error instanceof CallFailed)) return false;
  const { kind, retryAfterMs } = error.failure;
  return (kind === 'unreachable' || kind === 'not_now') && (retryAfterMs ?? 0) <= waitMsMax;
}

/** ms until a read is asked for again. */
function pauseMs(retries: number, error: unknown): number {
  const asked = error instanceof CallFailed ? (error.failure.retryAfterMs ?? 0) : 0;
  return Math.max(asked, 500 * 2 ** retries);
}

/** @param sessionKey the key of who is signed in, which is asked for again when a call is answered with 401 */
export function newQueryClient(sessionKey: QueryKey): QueryClient {
  const onError = (error: unknown, askedHash: string | undefined) => {
    const isUnauthenticated = error instanceof CallFailed && error.failure.status === 401;
    if (isUnauthenticated && askedHash !== hashKey(sessionKey)) void client.invalidateQueries({ queryKey: sessionKey });
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: (error, { queryHash }) => onError(error, queryHash) }),
    mutationCache: new MutationCache({ onError: (error) => onError(error, undefined) }),
    defaultOptions: {
      queries: { retry: asksAgain, retryDelay: pauseMs, staleTime: staleMs, networkMode: 'always' },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  return client;
}
