/** Every job: by state, searched, sorted, page by page, up to date without a reload. */
import { Alert, AlertActionCloseButton, PageSection } from '@patternfly/react-core';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { type JobView, jobState } from '../../../src/contracts/jobs.ts';
import { jobsQuery } from '../../../src/contracts/queue.ts';
import { listJobs, readQueueStats } from '../../../src/contracts/routes/queue.ts';
import { beginBulk } from '../../../src/contracts/routes/queue-orders.ts';
import { useRead } from '../data/use-read.ts';
import { FilterLabels } from '../list/filter-labels.tsx';
import { List } from '../list/list.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { useSelection } from '../list/selection.ts';
import { useMay } from '../session/session.tsx';
import { queueTexts as texts } from '../texts/queue.ts';
import { BatchProgress } from './batch-progress.tsx';
import { ChosenActions, Clean, RetryMatching } from './bulk-actions.tsx';
import { jobColumns } from './job-columns.tsx';
import { QueueHeader } from './queue-header.tsx';
import { StateTabs } from './state-tabs.tsx';
import { fullLookEveryMs, useChanges } from './use-changes.ts';

const filterNames = ['error', 'customer_id'] as const;
const labels = { error: texts.causeFilter, customer_id: texts.customerFilter };
const nameOf = ({ company_name, verb, id }: JobView) => texts.select(company_name, verb, id);

export function Page() {
  const list = useListState(filterNames);
  const [query] = useSearchParams();
  const [cleaned, setCleaned] = useState<number | null>(null);
  const selection = useSelection<JobView>(nameOf);
  const mayCall = useMay();
  useChanges();
  const state = jobState.options.find((one) => one === query.get('state'));
  const filter = {
    ...list.filters,
    ...(list.q === '' ? {} : { q: list.q }),
    ...(state === undefined ? {} : { state }),
  };
  const sort = jobsQuery.shape.sort.safeParse(list.sort ?? undefined).data;
  const counts = useRead(readQueueStats, {}, { everyMs: fullLookEveryMs });
  const jobs = useRead(
    listJobs,
    { query: { ...filter, page: list.page, limit: list.limit, ...(sort === undefined ? {} : { sort }) } },
    { everyMs: fullLookEveryMs, keep: true },
  );
  return (
    <>
      <QueueHeader title={texts.title} intro={texts.intro} />
      <PageSection>
        <StateTabs chosen={state ?? null} counts={counts.data} />
        <BatchProgress />
        {cleaned === null ? null : (
          <div role="status">
            <Alert
              isInline
              variant="success"
              title={texts.clean.cleaned(cleaned)}
              actionClose={<AlertActionCloseButton onClose={() => setCleaned(null)} />}
            />
          </div>
        )}
        <List
          name="jobs"
          label={texts.listLabel}
          columns={jobColumns}
          idOf={({ id }) => id}
          state={list}
          read={jobs}
          searchLabel={texts.searchLabel}
          filters={<FilterLabels list={list} labels={labels} />}
          {...(mayCall(beginBulk) ? { selection } : {})}
          actions={
            <>
              <ChosenActions selection={selection} />
              {state === 'failed' && (jobs.data?.total ?? 0) > 0 ? <RetryMatching filter={filter} /> : null}
              {state === 'failed' || state === 'completed' ? <Clean state={state} onCleaned={setCleaned} /> : null}
            </>
          }
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty[state ?? 'all']}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
