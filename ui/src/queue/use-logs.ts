/** The lines of a job's log, as they come: only those behind the last one are asked for. */
import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import { readJobLogs } from '../../../src/contracts/routes/queue.ts';
import { type CallFailed, call } from '../data/api.ts';
import { keyOf } from '../data/use-read.ts';

type Logs = AnswerTo<typeof readJobLogs>;

const pageLines = 500;
/** Older ones are let go: a page of more is read by nobody, and slow. */
const linesMax = 5_000;

/** @param isRunning more may come */
export function useLogs(jobId: string, isRunning: boolean): UseQueryResult<Logs, CallFailed> {
  const queries = useQueryClient();
  const queryKey = keyOf(readJobLogs, jobId);
  return useQuery<Logs, CallFailed>({
    queryKey,
    queryFn: async () => {
      let { items, next } = queries.getQueryData<Logs>(queryKey) ?? { items: [], next: 0 };
      for (;;) {
        const more = await call(readJobLogs, { params: { jobId }, query: { after: next, limit: pageLines } });
        items = [...items, ...more.items].slice(-linesMax);
        next = more.next;
        if (more.items.length < pageLines) return { items, next };
      }
    },
    refetchInterval: isRunning ? 2_000 : 15_000,
  });
}
