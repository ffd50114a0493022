/** One job: how far it is, what it failed of, what it said, and what can be done. */
import { PageSection, Stack, StackItem } from '@patternfly/react-core';
import { useNavigate, useParams } from 'react-router';
import { readJob } from '../../../src/contracts/routes/queue.ts';
import { useRead } from '../data/use-read.ts';
import { PageTitle } from '../shell/page-title.tsx';
import { PageLoading } from '../states/loading.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { queueTexts as texts } from '../texts/queue.ts';
import { queueAddress } from './addresses.ts';
import { JobActions } from './job-actions.tsx';
import { StateLabel } from './job-columns.tsx';
import { JobError } from './job-error.tsx';
import { JobFacts } from './job-facts.tsx';
import { JobLog } from './job-log.tsx';

const everyMs = 2_000;

export function Page() {
  const { jobId = '' } = useParams();
  const navigate = useNavigate();
  const read = useRead(readJob, { params: { jobId } }, { everyMs });
  const known = read.data?.job;
  return (
    <>
      <PageTitle
        title={known === undefined ? jobId : `${known.verb}: ${known.company_name}`}
        above={{ label: texts.detail.toList, to: queueAddress, here: jobId }}
        {...(known === undefined ? {} : { label: <StateLabel state={known.state} /> })}
      />
      <PageSection>
        <ReadPart read={read} loading={<PageLoading />}>
          {({ job }) => (
            <Stack hasGutter>
              <StackItem>
                <JobActions job={job} onRemoved={() => void navigate(queueAddress)} />
              </StackItem>
              <StackItem>
                <JobFacts job={job} />
              </StackItem>
              {job.error === null ? null : (
                <StackItem>
                  <JobError error={job.error} cause={job.cause} />
                </StackItem>
              )}
              <StackItem>
                <JobLog job={job} />
              </StackItem>
            </Stack>
          )}
        </ReadPart>
      </PageSection>
    </>
  );
}
