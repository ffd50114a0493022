/** A customer's subscription for staff: what it is, another plan with its price before, its end, and taking that back. */
import { ActionList, Card, CardBody, CardTitle, Stack, StackItem } from '@patternfly/react-core';
import { Link } from 'react-router';
import { listPlans } from '../../../src/contracts/routes/plans.ts';
import { readSubscription } from '../../../src/contracts/routes/subscriptions.ts';
import { useRead } from '../data/use-read.ts';
import { ReadPart } from '../states/read-part.tsx';
import { Changing } from '../subscription/changing.tsx';
import { Cancel, Resume } from '../subscription/ending.tsx';
import { PlanOffers } from '../subscription/plan-offers.tsx';
import { SubscriptionFacts } from '../subscription/subscription-facts.tsx';
import { eventTexts } from '../texts/console-stripe.ts';
import { subscriptionTexts as texts } from '../texts/subscription.ts';
import { eventsOfCustomer } from './addresses.ts';

const everyMs = 15_000;

export function Subscription({ customerId }: { customerId: string }) {
  const subscription = useRead(readSubscription, { params: { customerId } }, { everyMs });
  const plans = useRead(listPlans, {});
  const nameOf = (plan: string): string => plans.data?.items.find((item) => item.plan === plan)?.name ?? plan;
  return (
    <ReadPart read={subscription}>
      {({ subscription: of }) => (
        <Stack hasGutter>
          <StackItem>
            <Card>
              <CardTitle component="h2">{texts.forStaff}</CardTitle>
              <CardBody>
                <SubscriptionFacts of={of} nameOf={nameOf} isForStaff />
                <ActionList className="tenantry-actions">
                  <Resume of={of} />
                  <Cancel of={of} />
                  <Cancel of={of} isAtOnce />
                </ActionList>
                <Link to={eventsOfCustomer(customerId)}>{eventTexts.label}</Link>
              </CardBody>
            </Card>
          </StackItem>
          <Changing customerId={customerId} of={of} nameOf={nameOf} />
          {of.stripe_subscription_id === null ? null : (
            <StackItem>
              <ReadPart read={plans}>{({ items }) => <PlanOffers plans={items} of={of} buy={null} />}</ReadPart>
            </StackItem>
          )}
        </Stack>
      )}
    </ReadPart>
  );
}
