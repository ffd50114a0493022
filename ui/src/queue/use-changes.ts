/**
 * Keeps what is shown of the queue up to date: asks for what has changed since the last look (`updated_since`), one row,
 * and only when something has are lists and counts asked for again. A clock here that is wrong makes that miss changes:
 * then they come with the slower full look.
 */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { listJobs, readQueueStats } from '../../../src/contracts/routes/queue.ts';
import { call } from '../data/api.ts';
import { keyOf } from '../data/use-read.ts';

const lookEveryMs = 2_000;
/** Lists and counts are asked for this often in any case. */
export const fullLookEveryMs = 15_000;
/** Clocks differ, and a change is seen a little after its time. */
const overlapMs = 1_000;

export function useChanges(): void {
  const queries = useQueryClient();
  const lookedAtMs = useRef(Date.now());
  useEffect(() => {
    const look = async () => {
      if (document.hidden) return;
      const since = new Date(lookedAtMs.current - overlapMs).toISOString();
      const nowMs = Date.now();
      try {
        const { total } = await queries.fetchQuery({
          queryKey: ['changes of jobs'],
          queryFn: () => call(listJobs, { query: { updated_since: since, limit: 1 } }),
          staleTime: 0,
          retry: false,
        });
        lookedAtMs.current = nowMs;
        if (total === 0) return;
        await Promise.all(
          [listJobs, readQueueStats].map((route) => queries.invalidateQueries({ queryKey: keyOf(route) })),
        );
      } catch {
        // The full look says what is wrong; this one tries again, from the same moment.
      }
    };
    const timer = setInterval(() => void look(), lookEveryMs);
    return () => clearInterval(timer);
  }, [queries]);
}
