/** Whether jobs begin: which clusters are paused, by whom and why, and the way to pause and to go on. */
import { Alert, Flex, FlexItem, Skeleton } from '@patternfly/react-core';
import { listPauses } from '../../../src/contracts/routes/queue.ts';
import { pauseQueue, resumeQueue } from '../../../src/contracts/routes/queue-orders.ts';
import { Deed } from '../confirm/deed.tsx';
import { useRead } from '../data/use-read.ts';
import { useMay } from '../session/session.tsx';
import { FailureAlert } from '../states/failure-alert.tsx';
import { queueTexts } from '../texts/queue.ts';
import { Time } from '../time/time.tsx';
import { fullLookEveryMs } from './use-changes.ts';

const texts = queueTexts.pause;
const changes = [listPauses];

export function Pauses() {
  const { data, error } = useRead(listPauses, {}, { everyMs: fullLookEveryMs });
  const mayCall = useMay();
  if (error && data === undefined) return <FailureAlert failure={error.failure} />;
  // As high as the button that comes in its place.
  if (data === undefined) return mayCall(pauseQueue) ? <Skeleton height="2.25rem" width="6rem" /> : null;
  const { paused } = data;
  const isPausedEverywhere = paused.some(({ cluster_id }) => cluster_id === null);
  return (
    <Flex direction={{ default: 'column' }}>
      {paused.map(({ cluster_id, reason, paused_by, paused_at }) => (
        <FlexItem key={cluster_id ?? ''}>
          <Alert
            isInline
            variant="warning"
            title={texts.paused(cluster_id ?? texts.everywhere)}
            actionLinks={
              <Deed
                route={resumeQueue}
                label={texts.resume}
                title={texts.resumeTitle}
                what={<p>{texts.resumeWhat}</p>}
                reason="needed"
                input={(said = '') => ({
                  body: { ...(cluster_id === null ? {} : { cluster_id }), reason: said },
                })}
                changes={changes}
              />
            }
          >
            <span className="tenantry-foreign">{texts.by(paused_by, reason)}</span> <Time at={paused_at} />
          </Alert>
        </FlexItem>
      ))}
      {isPausedEverywhere ? null : (
        <FlexItem>
          <Deed
            route={pauseQueue}
            label={texts.label}
            title={texts.title}
            what={<p>{texts.what}</p>}
            reason="needed"
            input={(said = '') => ({ body: { reason: said } })}
            changes={changes}
            isDangerous
          />
        </FlexItem>
      )}
    </Flex>
  );
}
