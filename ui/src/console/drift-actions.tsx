/** Mending a difference, after the API has said whether it can; or letting it be. */
import { ActionList, ActionListItem } from '@patternfly/react-core';
import type { DriftView } from '../../../src/contracts/drift.ts';
import { fixDrift, ignoreDrift, listDrift } from '../../../src/contracts/routes/drift.ts';
import { listPlans } from '../../../src/contracts/routes/plans.ts';
import { Deed } from '../confirm/deed.tsx';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import { LineLoading } from '../states/loading.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { subscriptionChanges } from '../subscription/changes.ts';
import { driftTexts as texts } from '../texts/console-stripe.ts';

const changes = [listDrift, listPlans, ...subscriptionChanges];
/** A look stores nothing; the route asks for a reason all the same. */
const lookReason = 'preview';

/** What a fix would do, of the difference as it is now. */
function FixPreview({ id }: { id: string }) {
  const preview = useRead(fixDrift, { params: { driftId: id }, body: { reason: lookReason }, preview: true });
  return (
    <ReadPart read={preview} loading={<LineLoading />}>
      {({ drift: { fix, expected, found } }) =>
        fix === null ? (
          <p>{texts.byHand}</p>
        ) : (
          <Words of={[...texts.fix.what({ fix, expected, found }), texts.fix.stands]} />
        )
      }
    </ReadPart>
  );
}

export function DriftActions({ drift: { drift_id: driftId, fix } }: { drift: DriftView }) {
  const params = { driftId };
  return (
    <ActionList className="tenantry-actions">
      {fix === null ? null : (
        <ActionListItem>
          <Deed
            route={fixDrift}
            label={texts.fix.label}
            title={texts.fix.title}
            what={<FixPreview id={driftId} />}
            reason="needed"
            input={(reason = '') => ({ params, body: { reason } })}
            changes={changes}
          />
        </ActionListItem>
      )}
      <ActionListItem>
        <Deed
          route={ignoreDrift}
          label={texts.ignore.label}
          title={texts.ignore.title}
          what={<Words of={texts.ignore.what} />}
          reason="needed"
          input={(reason = '') => ({ params, body: { reason } })}
          changes={changes}
        />
      </ActionListItem>
    </ActionList>
  );
}
