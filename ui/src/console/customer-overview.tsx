/** Who a customer is, their subscription and their deployment. */
import { Card, CardBody, CardTitle, Stack, StackItem } from '@patternfly/react-core';
import { Link } from 'react-router';
import type { CustomerAnswer } from '../../../src/contracts/customers.ts';
import { type Fact, Facts } from '../list/facts.tsx';
import { customerTexts } from '../texts/console-customers.ts';
import { Time } from '../time/time.tsx';
import { organisationAddress, subscribersOf } from './addresses.ts';
import { Deployment } from './customer-deployment.tsx';
import { SubscriptionLabel } from './status-labels.tsx';

const texts = customerTexts.facts;

const factsOf = ({ customer, subscription }: CustomerAnswer): Fact[] => [
  [
    customerTexts.plan,
    <Link key="p" to={subscribersOf(subscription.plan)}>
      {subscription.plan}
    </Link>,
  ],
  [texts.subscription, <SubscriptionLabel key="s" status={subscription.status} />],
  [texts.trialEnds, <Time key="t" at={subscription.trial_ends_at} />],
  [texts.email, customer.email],
  [texts.fullName, customer.full_name],
  [texts.created, <Time key="c" at={customer.created_at} />],
  [
    texts.organisation,
    <Link key="o" to={organisationAddress(customer.organisation_id)}>
      {customer.organisation_id}
    </Link>,
  ],
  [texts.stripe, customer.stripe_customer_id],
  [texts.id, customer.customer_id],
  [texts.shortId, customer.short_id],
];

export function Overview({ answer }: { answer: CustomerAnswer }) {
  return (
    <Stack hasGutter>
      <StackItem>
        <Card>
          <CardTitle component="h2">{texts.subscription}</CardTitle>
          <CardBody>
            <Facts facts={factsOf(answer)} />
          </CardBody>
        </Card>
      </StackItem>
      <StackItem>
        <Deployment customerId={answer.customer.customer_id} deployment={answer.deployment} />
      </StackItem>
    </Stack>
  );
}
