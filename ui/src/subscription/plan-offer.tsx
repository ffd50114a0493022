/** One plan: its prices and what it includes, with what can be done about it. */
import { Card, CardBody, CardFooter, CardTitle, Content, Label, List, ListItem } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import type { listPlans } from '../../../src/contracts/routes/plans.ts';
import { moneyText } from '../money/money-text.ts';
import { quantityText } from '../money/quantity-text.ts';
import { accountTexts } from '../texts/portal-account.ts';
import { subscriptionTexts } from '../texts/subscription.ts';
import type { Interval } from './wanted-plan.ts';

const texts = subscriptionTexts.plans;
const featureNames = accountTexts.licence.names;

export type Plan = AnswerTo<typeof listPlans>['items'][number];

/** What the plan costs by each interval that it is sold by, in cents. */
export const feesOf = ({ interval, fee_cents, annual_fee_cents }: Plan): [Interval, number][] => [
  [interval, fee_cents],
  ...(annual_fee_cents === null ? [] : ([['year', annual_fee_cents]] satisfies [Interval, number][])),
];

const feeText = ([interval, cents]: [Interval, number]): string => texts.perInterval(moneyText(cents), interval);

function allowanceText([key, allowance]: [string, Plan['allowances'][string]]): string {
  const name = texts.allowances[key] ?? key;
  if (allowance === 'unlimited') return texts.allowance.unlimited(name);
  return 'per_hour' in allowance
    ? texts.allowance.per_hour(quantityText(allowance.per_hour), name)
    : texts.allowance.per_period(quantityText(allowance.per_period), name);
}

/** What the plan draws a price list for: it includes what it would bill otherwise. */
const included = ({ allowances }: Plan): string[] => Object.entries(allowances).map(allowanceText);

function allowed({ features, limits }: Plan): string[] {
  return Object.entries({ ...features, ...limits }).flatMap(([key, value]) => {
    const name = featureNames[key] ?? key;
    if (value === false) return [];
    if (value === true) return [name];
    return [texts.limit(name, value === null ? texts.unlimited : String(value))];
  });
}

export interface PlanOfferProps {
  plan: Plan;
  isOwn: boolean;
  children: ReactNode;
}

export function PlanOffer({ plan, isOwn, children }: PlanOfferProps) {
  return (
    <Card isFullHeight {...(isOwn ? { isSelected: true } : {})}>
      <CardTitle component="h3" className="tenantry-foreign">
        {plan.name} {isOwn ? <Label isCompact>{texts.yours}</Label> : null}
      </CardTitle>
      <CardBody className="tenantry-foreign">
        {feesOf(plan).map((fee) => (
          <Content component="p" className="tenantry-amount" key={fee[0]}>
            {feeText(fee)}
          </Content>
        ))}
        <Content component="h4">{texts.includes}</Content>
        <List>
          {included(plan).map((line) => (
            <ListItem key={line}>{line}</ListItem>
          ))}
        </List>
        <Content component="h4">{texts.allows}</Content>
        <List>
          {allowed(plan).map((line) => (
            <ListItem key={line}>{line}</ListItem>
          ))}
        </List>
      </CardBody>
      <CardFooter>{children}</CardFooter>
    </Card>
  );
}
