/** Ending a subscription, and taking back its end or the change that lies ahead. */
import { ActionListItem } from '@patternfly/react-core';
import { cancelSubscription, resumeSubscription } from '../../../src/contracts/routes/subscriptions.ts';
import type { SubscriptionView } from '../../../src/contracts/subscriptions.ts';
import { Deed } from '../confirm/deed.tsx';
import { saying } from '../confirm/saying.ts';
import { Words } from '../confirm/words.tsx';
import { subscriptionTexts } from '../texts/subscription.ts';
import { subscriptionChanges as changes } from './changes.ts';

const texts = subscriptionTexts.resume;

/** Takes the cancellation back, else the change; nothing where neither lies ahead. */
export function Resume({ of: { customer_id, cancel_at, scheduled, status } }: { of: SubscriptionView }) {
  const isCancelled = cancel_at !== null;
  if (status === 'canceled' || (!isCancelled && scheduled === null)) return null;
  return (
    <ActionListItem>
      <Deed
        route={resumeSubscription}
        label={isCancelled ? texts.cancel : texts.change}
        title={isCancelled ? texts.cancelTitle : texts.changeTitle}
        what={<Words of={isCancelled ? texts.cancelWhat : texts.changeWhat} />}
        variant="primary"
        input={() => ({ body: { customer_id } })}
        changes={changes}
      />
    </ActionListItem>
  );
}

export interface CancelProps {
  of: SubscriptionView;
  /** Now, and not with the period. */
  isAtOnce?: boolean;
}

/** Nothing where it is over, or ends already. */
export function Cancel({ of: { customer_id, cancel_at, status }, isAtOnce = false }: CancelProps) {
  if (status === 'canceled' || (cancel_at !== null && !isAtOnce)) return null;
  const words = subscriptionTexts.cancel;
  return (
    <ActionListItem>
      <Deed
        route={cancelSubscription}
        label={isAtOnce ? words.nowLabel : words.label}
        title={isAtOnce ? words.nowTitle : words.title}
        what={<Words of={isAtOnce ? words.whatNow : words.what} />}
        reason="optional"
        isDangerous
        input={(reason) => ({ body: { customer_id, immediately: isAtOnce, ...saying(reason) } })}
        changes={changes}
      />
    </ActionListItem>
  );
}
