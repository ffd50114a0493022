/** One job: how far it is, what it failed of, what it said, and what can be done. */
import {
  Breadcrumb,
  BreadcrumbItem,
  Content,
  Flex,
  FlexItem,
  PageSection,
  Stack,
  StackItem,
} from '@patternfly/react-core';
import { Link, useNavigate, useParams } from 'react-router';
import { readJob } from '../../../src/contracts/routes/queue.ts';
import { useRead } from '../data/use-read.ts';
import { FailureState } from '../states/failure-state.tsx';
import { PageLoading } from '../states/loading.tsx';
import { Stale } from '../states/stale.tsx';
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
  const job = read.data?.job;
  return (
    <>
      <PageSection type="breadcrumb">
        <Breadcrumb>
          <BreadcrumbItem>
            <Link to={queueAddress}>{texts.detail.toList}</Link>
          </BreadcrumbItem>
          <BreadcrumbItem isActive className="tenantry-foreign">
            {jobId}
          </BreadcrumbItem>
        </Breadcrumb>
      </PageSection>
      {job === undefined ? (
        <PageSection>
          {read.error ? (
            <FailureState failure={read.error.failure} again={() => void read.refetch()} />
          ) : (
            <PageLoading />
          )}
        </PageSection>
      ) : (
        <PageSection>
          <Stack hasGutter>
            <StackItem>
              <Stale read={read} />
              <Flex>
                <FlexItem>
                  <Content component="h1" className="tenantry-foreign">{`${job.verb}: ${job.company_name}`}</Content>
                </FlexItem>
                <FlexItem>
                  <StateLabel state={job.state} />
                </FlexItem>
              </Flex>
            </StackItem>
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
        </PageSection>
      )}
    </>
  );
}
