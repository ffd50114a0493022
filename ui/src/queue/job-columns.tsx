/** What a list of jobs shows of each. */
import { Label, type LabelProps, Progress } from '@patternfly/react-core';
import { Link } from 'react-router';
import type { JobState, JobView } from '../../../src/contracts/jobs.ts';
import type { Column } from '../list/columns.ts';
import { Digits } from '../money/numbers.tsx';
import { common } from '../texts/common.ts';
import { queueTexts as texts } from '../texts/queue.ts';
import { Time } from '../time/time.tsx';
import { lengthText } from '../time/time-text.ts';
import { jobAddress, jobsOfCause, jobsOfCustomer } from './addresses.ts';

type Status = NonNullable<LabelProps['status']>;
const statuses: Partial<Record<JobState, Status>> = { active: 'info', completed: 'success', failed: 'danger' };
const names = texts.columns;

export function StateLabel({ state }: { state: JobState }) {
  const status = statuses[state];
  return (
    <Label isCompact variant="outline" {...(status ? { status } : {})}>
      {texts.states[state]}
    </Label>
  );
}

const lengthOrNone = (ms: number | null) => (ms === null ? common.none : lengthText(ms));

export const jobColumns: readonly Column<JobView>[] = [
  {
    key: 'company',
    label: names.company,
    always: true,
    sort: 'company_name',
    cell: ({ id, company_name }) => (
      <Link to={jobAddress(id)} className="tenantry-foreign">
        {company_name}
      </Link>
    ),
  },
  { key: 'verb', label: names.verb, whole: true, cell: ({ verb }) => verb },
  { key: 'state', label: names.state, whole: true, cell: ({ state }) => <StateLabel state={state} /> },
  {
    key: 'progress',
    label: names.progress,
    whole: true,
    cell: ({ company_name, progress }) => (
      <Progress
        aria-label={`${names.progress}, ${company_name}`}
        className="tenantry-progress"
        value={progress.percent}
        size="sm"
      />
    ),
  },
  {
    key: 'attempts',
    label: names.attempts,
    sort: 'attempts',
    cell: ({ attempts }) => <Digits>{attempts}</Digits>,
  },
  {
    key: 'cause',
    label: names.cause,
    cell: ({ cause }) =>
      cause === null ? (
        common.none
      ) : (
        <Link to={jobsOfCause(cause)} className="tenantry-foreign">
          {cause}
        </Link>
      ),
  },
  { key: 'created', label: names.created, sort: 'created_at', cell: ({ created_at }) => <Time at={created_at} /> },
  { key: 'finished', label: names.finished, sort: 'finished_at', cell: ({ finished_at }) => <Time at={finished_at} /> },
  {
    key: 'next',
    label: names.next,
    sort: 'run_after',
    hidden: true,
    cell: ({ next_attempt_at }) => <Time at={next_attempt_at} />,
  },
  { key: 'waited', label: names.waited, hidden: true, cell: ({ timings }) => lengthText(timings.waited_ms) },
  { key: 'ran', label: names.ran, hidden: true, cell: ({ timings }) => lengthOrNone(timings.ran_ms) },
  { key: 'plan', label: names.plan, hidden: true, cell: ({ plan }) => plan },
  { key: 'priority', label: names.priority, hidden: true, cell: ({ priority }) => texts.priorities[priority] },
  { key: 'cluster', label: names.cluster, hidden: true, cell: ({ cluster_id }) => cluster_id },
  {
    key: 'customer',
    label: names.customer,
    hidden: true,
    cell: ({ customer_id }) => (
      <Link to={jobsOfCustomer(customer_id)} className="tenantry-foreign">
        {customer_id}
      </Link>
    ),
  },
  { key: 'job', label: names.job, hidden: true, cell: ({ id }) => <span className="tenantry-foreign">{id}</span> },
];
