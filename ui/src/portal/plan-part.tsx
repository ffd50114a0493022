/** The plan, the trial with the days that are left of it, and the instance. */
import { Label } from '@patternfly/react-core';
import { Link } from 'react-router';
import type { CostAnswer } from '../../../src/contracts/cost.ts';
import type { CustomerAnswer } from '../../../src/contracts/customers.ts';
import { type Fact, Facts } from '../list/facts.tsx';
import { priceText } from '../money/money-text.ts';
import { portalTexts } from '../texts/portal.ts';
import { Time } from '../time/time.tsx';
import { planAddress } from './addresses.ts';

const texts = portalTexts.plan;
const dayMs = 86_400_000;

/** Whole and begun days until the instant; negative when it is past. */
const daysUntil = (at: string, now: number): number => Math.ceil((Date.parse(at) - now) / dayMs);

/** The fee of the plan that counts now, of the running period's lines. */
function feeFacts(cost: CostAnswer | undefined): Fact[] {
  const fee = cost?.lines.findLast(({ meter }) => meter === 'base_fee');
  if (fee === undefined) return [];
  const interval = fee.unit === 'year' ? 'year' : 'month';
  return [[texts.fee, texts.perInterval(priceText(fee.unit_price), interval)]];
}

function trialFacts({ status, trial_ends_at: ends }: CustomerAnswer['subscription']): Fact[] {
  if (status !== 'trialing' || ends === null) return [];
  const days = daysUntil(ends, Date.now());
  return [
    [texts.trial, days > 0 ? texts.trialDays(days) : texts.trialOver],
    [texts.ends, <Time key="t" at={ends} />],
    [texts.after, texts.thenTrial],
  ];
}

export function PlanFacts({ answer, cost }: { answer: CustomerAnswer; cost: CostAnswer | undefined }) {
  const { subscription, deployment } = answer;
  const plan = cost?.lines.findLast(({ meter }) => meter === 'base_fee')?.description ?? subscription.plan;
  return (
    <Facts
      isHalf
      facts={[
        [
          texts.plan,
          <Link key="p" to={planAddress}>
            {plan}
          </Link>,
        ],
        [texts.status, <Label key="l">{texts.statuses[subscription.status]}</Label>],
        ...feeFacts(cost),
        ...trialFacts(subscription),
        [
          texts.instance,
          <a key="a" href={deployment.instance_url} rel="noreferrer">
            {deployment.instance_url}
          </a>,
        ],
        [texts.deployment, texts.deployments[deployment.status]],
      ]}
    />
  );
}
