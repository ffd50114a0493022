/** What is known of a job: whose, what, when, how long. */
import { Card, CardBody, Progress, type ProgressProps } from '@patternfly/react-core';
import { Link } from 'react-router';
import type { JobState, JobView } from '../../../src/contracts/jobs.ts';
import { type Fact, Facts } from '../list/facts.tsx';
import { common } from '../texts/common.ts';
import { queueTexts } from '../texts/queue.ts';
import { Time } from '../time/time.tsx';
import { lengthText } from '../time/time-text.ts';
import { jobsOfCustomer } from './addresses.ts';

const texts = queueTexts.detail;

const variants: Partial<Record<JobState, NonNullable<ProgressProps['variant']>>> = {
  completed: 'success',
  failed: 'danger',
};

const factsOf = (job: JobView): Fact[] => [
  [texts.customer, job.customer_id],
  [texts.plan, `${job.plan}, ${queueTexts.priorities[job.priority]}`],
  [texts.cluster, job.cluster_id],
  [texts.generation, job.generation],
  [texts.attempts, job.attempts],
  [texts.created, <Time key="t" at={job.created_at} />],
  [texts.started, <Time key="t" at={job.started_at} />],
  [texts.finished, <Time key="t" at={job.finished_at} />],
  [texts.next, <Time key="t" at={job.next_attempt_at} />],
  [texts.lease, <Time key="t" at={job.lease_until} />],
  [texts.waited, lengthText(job.timings.waited_ms)],
  [texts.ran, job.timings.ran_ms === null ? common.none : lengthText(job.timings.ran_ms)],
];

export function JobFacts({ job }: { job: JobView }) {
  const variant = variants[job.state];
  return (
    <Card>
      <CardBody>
        <Progress
          title={job.progress.message}
          aria-label={queueTexts.columns.progress}
          value={job.progress.percent}
          {...(variant ? { variant } : {})}
        />
        <div className="tenantry-facts">
          <Facts facts={factsOf(job)} />
        </div>
        <Link to={jobsOfCustomer(job.customer_id)}>{texts.others}</Link>
      </CardBody>
    </Card>
  );
}
