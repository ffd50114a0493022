/** Whether anything keeps jobs from a cluster: it is paused, or jobs of it have failed or are tried again. */
import { Label, LabelGroup } from '@patternfly/react-core';
import { Link } from 'react-router';
import { listJobs, listPauses } from '../../../src/contracts/routes/queue.ts';
import { useRead } from '../data/use-read.ts';
import { queueAddress } from '../queue/addresses.ts';
import { clusterTexts as texts } from '../texts/console-operations.ts';

const everyMs = 15_000;
const listed = (state: string, q: string) => `${queueAddress}?${new URLSearchParams({ state, q })}`;

export function ClusterHealth({ clusterId }: { clusterId: string }) {
  const count = (state: 'failed' | 'delayed') => ({ query: { state, q: clusterId, limit: 1 } });
  const failed = useRead(listJobs, count('failed'), { everyMs });
  const delayed = useRead(listJobs, count('delayed'), { everyMs });
  const pauses = useRead(listPauses, {}, { everyMs });
  if (failed.data === undefined || delayed.data === undefined || pauses.data === undefined) return <>{texts.unknown}</>;
  const paused = pauses.data.paused.filter(({ cluster_id }) => cluster_id === null || cluster_id === clusterId);
  const isWell = failed.data.total + delayed.data.total + paused.length === 0;
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
      {failed.data.total === 0 ? null : (
        <Label isCompact variant="outline" status="danger">
          <Link to={listed('failed', clusterId)}>{texts.failing(failed.data.total)}</Link>
        </Label>
      )}
      {delayed.data.total === 0 ? null : (
        <Label isCompact variant="outline" status="warning">
          <Link to={listed('delayed', clusterId)}>{texts.waiting(delayed.data.total)}</Link>
        </Label>
      )}
    </LabelGroup>
  );
}
