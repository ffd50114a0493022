/** What is subscribed, in words: plan, state, trial, period, and what lies ahead. */
import { Label } from '@patternfly/react-core';
import type { SubscriptionView } from '../../../src/contracts/subscriptions.ts';
import { type Fact, Facts } from '../list/facts.tsx';
import { subscriptionTexts as texts } from '../texts/subscription.ts';
import { Time } from '../time/time.tsx';

const colours = {
  trialing: 'info',
  active: 'success',
  past_due: 'warning',
  incomplete: 'warning',
  suspended: 'danger',
  canceled: undefined,
  paused: 'warning',
} as const;

function Ahead({ of, nameOf }: { of: SubscriptionView; nameOf: (plan: string) => string }) {
  const { cancel_at: ends, scheduled, status } = of;
  if (ends !== null)
    return (
      <>
        {texts.ends} <Time at={ends} />
      </>
    );
  if (scheduled !== null)
    return (
      <>
        {texts.becomes(nameOf(scheduled.plan), scheduled.interval)} <Time at={scheduled.effective_at} />
      </>
    );
  if (status === 'trialing') return texts.trialAhead;
  return status === 'active' ? texts.nothingAhead : null;
}

function graceFacts({ grace_ends_at: grace }: SubscriptionView): Fact[] {
  if (grace === null) return [];
  return [
    [
      texts.grace,
      <>
        <Time at={grace} /> {texts.graceWhy}
      </>,
    ],
  ];
}

export interface SubscriptionFactsProps {
  of: SubscriptionView;
  /** A plan's name for people. */
  nameOf: (plan: string) => string;
  /** Ids and versions, for staff. */
  isForStaff?: boolean;
}

export function SubscriptionFacts({ of, nameOf, isForStaff = false }: SubscriptionFactsProps) {
  const colour = colours[of.status];
  return (
    <Facts
      label={texts.title}
      facts={[
        [texts.plan, isForStaff ? `${nameOf(of.plan)}. ${texts.version(of.plan_version)}` : nameOf(of.plan)],
        [texts.paid, texts.byThe[of.interval]],
        [
          texts.state,
          <>
            <Label isCompact variant="outline" {...(colour ? { status: colour } : {})}>
              {texts.statuses[of.status]}
            </Label>{' '}
            {of.status === 'canceled' ? texts.over : null}
            {of.suspended_for === null ? null : texts.suspensions[of.suspended_for]}
          </>,
        ],
        [texts.trialEnds, of.trial_ends_at === null ? texts.noTrial : <Time key="t" at={of.trial_ends_at} />],
        [
          texts.period,
          <>
            <Time at={of.current_period.start} /> {texts.to} <Time at={of.current_period.end} />
          </>,
        ],
        [texts.next, <Ahead key="a" of={of} nameOf={nameOf} />],
        ...graceFacts(of),
        [texts.collection, texts.collections[of.collection]],
        ...(isForStaff ? ([[texts.stripe, of.stripe_subscription_id]] satisfies Fact[]) : []),
      ]}
    />
  );
}
