/** Every job: by state, searched, page by page, up to date without a reload. */
import { Content, PageSection } from '@patternfly/react-core';
import { useSearchParams } from 'react-router';
import { type JobState, jobState } from '../../../src/contracts/jobs.ts';
import { listJobs, readQueueStats } from '../../../src/contracts/routes/queue.ts';
import { useRead } from '../data/use-read.ts';
import { List } from '../list/list.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { queueTexts as texts } from '../texts/queue.ts';
import { jobColumns } from './job-columns.tsx';
import { StateTabs } from './state-tabs.tsx';

const everyMs = 3_000;
const filterNames: readonly string[] = [];

/** The same search and sort in another state, from the first page on. */
function addressOf(query: URLSearchParams, state: JobState | null): string {
  const next = new URLSearchParams(query);
  next.delete('page');
  next.delete('state');
  if (state !== null) next.set('state', state);
  return `/admin/queues?${next}`;
}

export function Page() {
  const list = useListState(filterNames);
  const [query] = useSearchParams();
  const state = jobState.options.find((one) => one === query.get('state')) ?? null;
  const counts = useRead(readQueueStats, {}, { everyMs });
  const jobs = useRead(
    listJobs,
    {
      query: {
        page: list.page,
        limit: list.limit,
        ...(list.q === '' ? {} : { q: list.q }),
        ...(state === null ? {} : { state }),
      },
    },
    { everyMs, keep: true },
  );
  return (
    <>
      <PageSection>
        <Content component="h1">{texts.title}</Content>
        <Content component="p">{texts.intro}</Content>
      </PageSection>
      <PageSection type="tabs">
        <StateTabs chosen={state} counts={counts.data} addressOf={(next) => addressOf(query, next)} />
      </PageSection>
      <PageSection>
        <List
          name="jobs"
          label={texts.listLabel}
          columns={jobColumns}
          idOf={({ id }) => id}
          state={list}
          read={jobs}
          searchLabel={texts.searchLabel}
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty[state ?? 'all']}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
