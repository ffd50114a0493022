/** What can be done with one job, by its state and by who looks. */
import { ActionList, ActionListItem } from '@patternfly/react-core';
import type { JobView } from '../../../src/contracts/jobs.ts';
import {
  listJobs,
  promoteJob,
  readJob,
  readQueueGroups,
  readQueueStats,
  removeJob,
  retryJob,
} from '../../../src/contracts/routes/queue.ts';
import { Deed } from '../confirm/deed.tsx';
import { saying } from '../confirm/saying.ts';
import { queueTexts as texts } from '../texts/queue.ts';

const changes = [readJob, listJobs, readQueueStats, readQueueGroups];
const isEnded = ({ state }: JobView) => state === 'completed' || state === 'failed';

export function JobActions({ job, onRemoved }: { job: JobView; onRemoved: () => void }) {
  const params = { jobId: job.id };
  const company = <span className="tenantry-foreign">{texts.retry.what(job.company_name)}</span>;
  return (
    <ActionList>
      {job.state === 'failed' ? (
        <ActionListItem>
          <Deed
            route={retryJob}
            label={texts.retry.label}
            title={texts.retry.title}
            what={company}
            reason="optional"
            variant="primary"
            input={(reason) => ({ params, body: saying(reason) })}
            changes={changes}
          />
        </ActionListItem>
      ) : null}
      {job.state === 'delayed' ? (
        <ActionListItem>
          <Deed
            route={promoteJob}
            label={texts.promote.label}
            title={texts.promote.title}
            what={<span className="tenantry-foreign">{texts.promote.what(job.company_name)}</span>}
            reason="optional"
            variant="primary"
            input={(reason) => ({ params, body: saying(reason) })}
            changes={changes}
          />
        </ActionListItem>
      ) : null}
      {job.state === 'active' ? null : (
        <ActionListItem>
          <Deed
            route={removeJob}
            label={texts.remove.label}
            title={texts.remove.title}
            what={
              <span className="tenantry-foreign">
                {isEnded(job) ? texts.remove.whatEnded : texts.remove.whatWaiting(job.company_name)}
              </span>
            }
            reason="optional"
            isDangerous
            input={(reason) => ({ params, query: saying(reason) })}
            changes={changes}
            onDone={onRemoved}
          />
        </ActionListItem>
      )}
    </ActionList>
  );
}
