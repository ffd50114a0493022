/** Every job: by state, searched, page by page, up to date without a reload. */
import { Content, PageSection } from '@patternfly/react-core';
import { useSearchParams } from 'react-router';
import { jobState } from '../../../src/contracts/jobs.ts';
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
        <StateTabs chosen={state} counts={counts.data} onChoose={(next) => list.set({ state: next })} />
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
