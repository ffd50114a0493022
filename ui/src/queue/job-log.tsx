/** What the runs of a job said, line by line. */
import { Card, CardBody, CardTitle } from '@patternfly/react-core';
import type { JobView } from '../../../src/contracts/jobs.ts';
import { LineLoading } from '../states/loading.tsx';
import { ReadPart } from '../states/read-part.tsx';
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
        <ReadPart read={logs} loading={<LineLoading />}>
          {({ items }) =>
            items.length === 0 ? (
              <p>{texts.noLogs}</p>
            ) : (
              // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
              <section className="tenantry-log" aria-label={texts.logs} tabIndex={0}>
                <ol>
                  {items.map(({ seq, at, level, line }) => (
                    <li key={seq} data-level={level}>
                      <time dateTime={at}>{utcText(Date.parse(at))}</time> <b>{level}</b> {line}
                    </li>
                  ))}
                </ol>
              </section>
            )
          }
        </ReadPart>
      </CardBody>
    </Card>
  );
}
