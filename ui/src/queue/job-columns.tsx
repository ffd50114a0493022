/** What a list of jobs shows of each. */
import { Label, type LabelProps, Progress } from '@patternfly/react-core';
import { Link } from 'react-router';
import type { JobState, JobView } from '../../../src/contracts/jobs.ts';
import type { Column } from '../list/columns.ts';
import { common } from '../texts/common.ts';
import { queueTexts as texts } from '../texts/queue.ts';
import { Time } from '../time/time.tsx';

type Status = NonNullable<LabelProps['status']>;
const statuses: Partial<Record<JobState, Status>> = { active: 'info', completed: 'success', failed: 'danger' };

export function StateLabel({ state }: { state: JobState }) {
  const status = statuses[state];
  return (
    <Label isCompact variant="outline" {...(status ? { status } : {})}>
      {texts.states[state]}
    </Label>
  );
}

export const jobColumns: readonly Column<JobView>[] = [
  {
    key: 'job',
    label: texts.columns.job,
    always: true,
    cell: ({ id }) => (
      <Link to={`/admin/queues/jobs/${id}`} className="tenantry-foreign">
        {id}
      </Link>
    ),
  },
  { key: 'verb', label: texts.columns.verb, cell: ({ verb }) => verb },
  { key: 'state', label: texts.columns.state, cell: ({ state }) => <StateLabel state={state} /> },
  {
    key: 'customer',
    label: texts.columns.customer,
    cell: ({ customer_id }) => <span className="tenantry-foreign">{customer_id}</span>,
  },
  {
    key: 'progress',
    label: texts.columns.progress,
    cell: ({ id, progress }) => (
      <Progress
        aria-label={`${texts.columns.progress} ${id}`}
        value={progress.percent}
        size="sm"
        title={progress.message}
      />
    ),
  },
  {
    key: 'attempts',
    label: texts.columns.attempts,
    cell: ({ attempts }) => <span className="tenantry-number">{attempts}</span>,
  },
  {
    key: 'error',
    label: texts.columns.error,
    cell: ({ error }) => (error === null ? common.none : <span className="tenantry-foreign">{error.message}</span>),
  },
  { key: 'cluster', label: texts.columns.cluster, hidden: true, cell: ({ cluster_id }) => cluster_id },
  { key: 'created', label: texts.columns.created, cell: ({ created_at }) => <Time at={created_at} /> },
  { key: 'started', label: texts.columns.started, hidden: true, cell: ({ started_at }) => <Time at={started_at} /> },
  { key: 'finished', label: texts.columns.finished, cell: ({ finished_at }) => <Time at={finished_at} /> },
];
