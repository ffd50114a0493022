/** What the runs of a job said, line by line. */
import { Card, CardBody, CardTitle } from '@patternfly/react-core';
import type { JobView } from '../../../src/contracts/jobs.ts';
import { FailureState } from '../states/failure-state.tsx';
import { LineLoading } from '../states/loading.tsx';
import { Stale } from '../states/stale.tsx';
import { queueTexts } from '../texts/queue.ts';
import { utcText } from '../time/time-text.ts';
import { useLogs } from './use-logs.ts';

const texts = queueTexts.detail;

export function JobLog({ job }: { job: JobView }) {
  const logs = useLogs(job.id, job.state === 'active');
  return (
    <Card>
      <CardTitle component="h2">{texts.logs}</CardTitle>
      <CardBody>
        <Stale read={logs} />
        {logs.data === undefined ? (
          logs.error === null ? (
            <LineLoading />
          ) : (
            <FailureState failure={logs.error.failure} again={() => void logs.refetch()} />
          )
        ) : logs.data.items.length === 0 ? (
          <p>{texts.noLogs}</p>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
          <section className="tenantry-log" aria-label={texts.logs} tabIndex={0}>
            <ol>
              {logs.data.items.map(({ seq, at, level, line }) => (
                <li key={seq} data-level={level}>
                  <time dateTime={at}>{utcText(Date.parse(at))}</time> <b>{level}</b> {line}
                </li>
              ))}
            </ol>
          </section>
        )}
      </CardBody>
    </Card>
  );
}
