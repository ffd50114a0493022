/** What is subscribed, in words: plan, state, trial, period, and what lies ahead. */
import { Label } from '@patternfly/react-core';
import type { ReactNode } from 'react';
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

/** Null where that is for whoever pays, resumes or lifts what stops it to say. */
function aheadOf(of: SubscriptionView, nameOf: (plan: string) => string): ReactNode {
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
  const ahead = aheadOf(of, nameOf);
  const trialEnds = of.status === 'trialing' ? of.trial_ends_at : null;
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
        [texts.trialEnds, trialEnds === null ? texts.noTrial : <Time key="t" at={trialEnds} />],
        [
          texts.period,
          <>
            <Time at={of.current_period.start} /> {texts.to} <Time at={of.current_period.end} />
          </>,
        ],
        ...(ahead === null ? [] : ([[texts.next, ahead]] satisfies Fact[])),
        ...graceFacts(of),
        [texts.collection, texts.collections[of.collection]],
        ...(isForStaff ? ([[texts.stripe, of.stripe_subscription_id]] satisfies Fact[]) : []),
      ]}
    />
  );
}
