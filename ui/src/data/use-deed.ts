/** Calls that change something: one hook for every such route. */
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { AnswerTo, InputOf } from '../../../src/contracts/call.ts';
import type { Route } from '../../../src/contracts/route.ts';
import { type CallFailed, call } from './api.ts';
import { keyOf } from './use-read.ts';

export type Deed<R extends Route> = UseMutationResult<AnswerTo<R>, CallFailed, InputOf<R>>;

/**
 * The route as a deed. Trying the same again after a failure sends the same Idempotency-Key, so that what did happen
 * does not happen twice.
 * @param changes the routes whose answers are asked for again when it is done
 */
export function useDeed<R extends Route>(route: R, changes: readonly Route[] = []): Deed<R> {
  const queries = useQueryClient();
  const last = useRef<{ input: string; key: string } | null>(null);
  return useMutation<AnswerTo<R>, CallFailed, InputOf<R>>({
    mutationFn: (input) => {
      const text = JSON.stringify(input);
      if (last.current?.input !== text) last.current = { input: text, key: crypto.randomUUID() };
      return call(route, input, route.idempotent ? { key: last.current.key } : {});
    },
    onSuccess: async () => {
      last.current = null;
      await Promise.all(changes.map((changed) => queries.invalidateQueries({ queryKey: keyOf(changed) })));
    },
  });
}
