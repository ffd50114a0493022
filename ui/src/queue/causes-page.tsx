/** Failed jobs by what they failed of, the most first: one cause, one order. */
import { PageSection } from '@patternfly/react-core';
import { Link } from 'react-router';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import { listJobs, readQueueGroups, readQueueStats } from '../../../src/contracts/routes/queue.ts';
import { beginBulk } from '../../../src/contracts/routes/queue-orders.ts';
import { Deed } from '../confirm/deed.tsx';
import { saying } from '../confirm/saying.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { PlainList } from '../list/plain-list.tsx';
import { Digits } from '../money/numbers.tsx';
import { queueTexts } from '../texts/queue.ts';
import { Time } from '../time/time.tsx';
import { jobAddress, jobsOfCause } from './addresses.ts';
import { BatchProgress, useShowBatch } from './batch-progress.tsx';
import { QueueHeader } from './queue-header.tsx';
import { fullLookEveryMs } from './use-changes.ts';

const texts = queueTexts.causes;
type Cause = AnswerTo<typeof readQueueGroups>[number];
const changes = [readQueueGroups, listJobs, readQueueStats];

function RetryCause({ cause, jobs }: Cause) {
  const show = useShowBatch();
  return (
    <Deed
      route={beginBulk}
      label={queueTexts.bulk.ofCause(jobs)}
      title={queueTexts.bulk.ofCauseTitle(cause)}
      what={
        <>
          <p>{queueTexts.bulk.whatRetry}</p>
          <p>{queueTexts.bulk.rate}</p>
        </>
      }
      reason="optional"
      input={(reason) => ({
        body: {
          action: 'retry' as const,
          filter: { state: 'failed' as const, error: cause },
          ...saying(reason),
        },
      })}
      changes={changes}
      onDone={show}
    />
  );
}

const columns: readonly Column<Cause>[] = [
  {
    key: 'cause',
    label: texts.cause,
    cell: ({ cause }) => (
      <Link to={jobsOfCause(cause)} className="tenantry-foreign">
        {cause}
      </Link>
    ),
  },
  { key: 'jobs', label: texts.jobs, cell: ({ jobs }) => <Digits>{jobs}</Digits> },
  { key: 'oldest', label: texts.oldest, cell: ({ oldest }) => <Time at={oldest} /> },
  { key: 'newest', label: texts.newest, cell: ({ newest }) => <Time at={newest} /> },
  {
    key: 'sample',
    label: texts.sample,
    cell: ({ sample_id }) => (
      <Link to={jobAddress(sample_id)} className="tenantry-foreign">
        {sample_id}
      </Link>
    ),
  },
  { key: 'retry', label: queueTexts.retry.label, cell: (cause) => <RetryCause {...cause} /> },
];

export function Page() {
  const causes = useRead(readQueueGroups, { query: { state: 'failed' } }, { everyMs: fullLookEveryMs });
  return (
    <>
      <QueueHeader title={queueTexts.causesTitle} />
      <PageSection>
        <BatchProgress />
        <PlainList
          label={texts.label}
          columns={columns}
          idOf={({ cause }) => cause}
          read={causes}
          empty={<NothingYet title={queueTexts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
