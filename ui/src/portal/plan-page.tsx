/** What is subscribed and what else there is: buying, changing with the price shown before, ending, taking back. */
import { ActionList, Content, PageSection, Stack, StackItem } from '@patternfly/react-core';
import { listPlans } from '../../../src/contracts/routes/plans.ts';
import { readSubscription } from '../../../src/contracts/routes/subscriptions.ts';
import { useRead } from '../data/use-read.ts';
import { PageTitle } from '../shell/page-title.tsx';
import { LinesLoading } from '../states/loading.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { Changing } from '../subscription/changing.tsx';
import { Cancel, Resume } from '../subscription/ending.tsx';
import { PlanOffers } from '../subscription/plan-offers.tsx';
import { SubscriptionFacts } from '../subscription/subscription-facts.tsx';
import { subscriptionTexts as texts } from '../texts/subscription.ts';
import { titles } from '../texts/titles.ts';
import { BuyPlan, ToPortal } from './buy-plan.tsx';
import { CheckoutResult } from './checkout-result.tsx';
import { useCustomer } from './customer.ts';
import { Part } from './part.tsx';

const everyMs = 15_000;

export function Page() {
  const params = useCustomer();
  const { customerId } = params;
  const subscription = useRead(readSubscription, { params }, { everyMs });
  const plans = useRead(listPlans, {});
  const nameOf = (plan: string): string => plans.data?.items.find((item) => item.plan === plan)?.name ?? plan;
  const found = subscription.data?.subscription;
  return (
    <>
      <PageTitle title={titles.portal.plan} intro={texts.intro} />
      <PageSection>
        <Stack hasGutter>
          {found === undefined ? null : <CheckoutResult customerId={customerId} of={found} name={nameOf(found.plan)} />}
          <StackItem>
            <Part title={texts.title} read={subscription} lines={8}>
              {({ subscription: of }) => (
                <>
                  <SubscriptionFacts of={of} nameOf={nameOf} />
                  <ActionList className="tenantry-actions">
                    <Resume of={of} />
                    <ToPortal customerId={customerId} />
                    <Cancel of={of} />
                  </ActionList>
                </>
              )}
            </Part>
          </StackItem>
          {found === undefined ? null : <Changing customerId={customerId} of={found} nameOf={nameOf} />}
          <StackItem>
            <Content component="h2">{texts.plans.title}</Content>
            <ReadPart read={plans} loading={<LinesLoading count={12} />}>
              {({ items }) =>
                found === undefined ? null : (
                  <PlanOffers
                    plans={items}
                    of={found}
                    buy={
                      found.status === 'canceled'
                        ? null
                        : (plan, interval) => <BuyPlan customerId={customerId} plan={plan} interval={interval} />
                    }
                  />
                )
              }
            </ReadPart>
          </StackItem>
        </Stack>
      </PageSection>
    </>
  );
}
