/** The change that somebody looks at, and what was said when it was made. */
import { Alert, AlertActionCloseButton } from '@patternfly/react-core';
import { useState } from 'react';
import type { SubscriptionView } from '../../../src/contracts/subscriptions.ts';
import { ChangePlan } from './change-plan.tsx';
import { useWantedPlan } from './wanted-plan.ts';

export interface ChangingProps {
  customerId: string;
  of: SubscriptionView;
  /** A plan's name for people. */
  nameOf: (plan: string) => string;
}

/** Nothing, while nobody looks at another plan; where nothing runs at Stripe there is nothing to change. */
export function Changing({ customerId, of, nameOf }: ChangingProps) {
  const { wanted, leave } = useWantedPlan();
  const [said, setSaid] = useState<string | null>(null);
  return (
    <>
      {said === null ? null : (
        <div role="status">
          <Alert
            isInline
            variant="success"
            title={said}
            actionClose={<AlertActionCloseButton onClose={() => setSaid(null)} />}
          />
        </div>
      )}
      {wanted === null || of.stripe_subscription_id === null ? null : (
        <ChangePlan
          key={`${wanted.plan} ${wanted.interval}`}
          customerId={customerId}
          wanted={wanted}
          name={nameOf(wanted.plan)}
          onLeave={leave}
          onChanged={(what) => {
            setSaid(what);
            leave();
          }}
        />
      )}
    </>
  );
}
