/** The states of jobs as tabs with their counts. */
import { useSearchParams } from 'react-router';
import { type JobState, jobState } from '../../../src/contracts/jobs.ts';
import type { QueueStats } from '../../../src/contracts/queue.ts';
import { LinkTabs } from '../list/link-tabs.tsx';
import { queueTexts as texts } from '../texts/queue.ts';
import { queueAddress } from './addresses.ts';

/** The same search, filters and sort in another state, from the first page on. */
function addressOf(query: URLSearchParams, state: JobState | null): string {
  const next = new URLSearchParams(query);
  next.delete('page');
  next.delete('state');
  if (state !== null) next.set('state', state);
  return next.size === 0 ? queueAddress : `${queueAddress}?${next}`;
}

export function StateTabs({ chosen, counts }: { chosen: JobState | null; counts: QueueStats | undefined }) {
  const [query] = useSearchParams();
  const sum = counts ? Object.values(counts).reduce((a, b) => a + b, 0) : null;
  const tab = (state: JobState | null, label: string, count: number | null) => ({
    label,
    count,
    to: addressOf(query, state),
    isActive: state === chosen,
  });
  return (
    <LinkTabs
      label={texts.statesLabel}
      tabs={[
        tab(null, texts.all, sum),
        ...jobState.options.map((state) => tab(state, texts.states[state], counts?.[state] ?? null)),
      ]}
    />
  );
}
