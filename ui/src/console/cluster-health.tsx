/** Whether anything keeps jobs from a cluster: it is paused, or jobs of it have failed or are tried again. */
import { Label, LabelGroup } from '@patternfly/react-core';
import { Link } from 'react-router';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import { listJobs, listPauses } from '../../../src/contracts/routes/queue.ts';
import { useRead } from '../data/use-read.ts';
import { queueAddress } from '../queue/addresses.ts';
import { clusterTexts as texts } from '../texts/console-operations.ts';

const everyMs = 15_000;
/** As many as are looked through for those of one cluster. */
const limit = 100;

const listed = (state: string, q: string) => `${queueAddress}?${new URLSearchParams({ state, q })}`;

/** Those of the cluster itself: the search finds its name elsewhere, too. */
const countIn = ({ items, total }: AnswerTo<typeof listJobs>, clusterId: string) => ({
  count: items.filter(({ cluster_id }) => cluster_id === clusterId).length,
  isMore: total > items.length,
});

export function ClusterHealth({ clusterId }: { clusterId: string }) {
  const of = (state: 'failed' | 'delayed') => ({ query: { state, q: clusterId, limit } });
  const failed = useRead(listJobs, of('failed'), { everyMs });
  const delayed = useRead(listJobs, of('delayed'), { everyMs });
  const pauses = useRead(listPauses, {}, { everyMs });
  if (failed.data === undefined || delayed.data === undefined || pauses.data === undefined) return <>{texts.unknown}</>;
  const paused = pauses.data.paused.filter(({ cluster_id }) => cluster_id === null || cluster_id === clusterId);
  const [failures, delays] = [countIn(failed.data, clusterId), countIn(delayed.data, clusterId)];
  const isWell = failures.count + delays.count + paused.length === 0;
  return (
    <LabelGroup numLabels={4}>
      {isWell ? (
        <Label isCompact variant="outline" status="success">
          {texts.well}
        </Label>
      ) : null}
      {paused.map(({ cluster_id, reason }) => (
        <Label key={cluster_id ?? ''} isCompact variant="outline" status="warning">
          {texts.paused(reason)}
        </Label>
      ))}
      {failures.count === 0 ? null : (
        <Label isCompact variant="outline" status="danger">
          <Link to={listed('failed', clusterId)}>{texts.failing(failures.count, failures.isMore)}</Link>
        </Label>
      )}
      {delays.count === 0 ? null : (
        <Label isCompact variant="outline" status="warning">
          <Link to={listed('delayed', clusterId)}>{texts.waiting(delays.count, delays.isMore)}</Link>
        </Label>
      )}
    </LabelGroup>
  );
}
