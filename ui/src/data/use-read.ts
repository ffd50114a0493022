/** Reads of the API for pages: one hook for every route that changes nothing. */
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { AnswerTo, InputOf } from '../../../src/contracts/call.ts';
import type { Route } from '../../../src/contracts/route.ts';
import { type CallFailed, call } from './api.ts';

export interface ReadOptions {
  /** Asks again this often while the page is looked at. */
  everyMs?: number;
  /** False: not yet asked. */
  enabled?: boolean;
  /** While another page or filter is asked for, what was there before stays, marked as such (`isPlaceholderData`). */
  keep?: boolean;
}

export type Read<R extends Route> = UseQueryResult<AnswerTo<R>, CallFailed>;

/** The key of a route's answers; without an input, of all of them. */
export const keyOf = (route: Route, input?: unknown): readonly unknown[] =>
  input === undefined ? [route.operation] : [route.operation, input];

/** The route's answer, kept and asked for again. */
export function useRead<R extends Route>(route: R, input: InputOf<R>, options: ReadOptions = {}): Read<R> {
  const { everyMs, enabled = true, keep = false } = options;
  return useQuery<AnswerTo<R>, CallFailed>({
    queryKey: keyOf(route, input),
    queryFn: () => call(route, input),
    enabled,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
    ...(keep ? { placeholderData: keepPreviousData as never } : {}),
  });
}
