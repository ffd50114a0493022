/** The plans beside the one that is subscribed: what is offered, and the way to buy one or to see what going over costs. */
import { ActionList, ActionListItem, Content, Gallery, GalleryItem } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { previewChange } from '../../../src/contracts/routes/subscriptions.ts';
import type { SubscriptionView } from '../../../src/contracts/subscriptions.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { useMay } from '../session/session.tsx';
import { subscriptionTexts } from '../texts/subscription.ts';
import { feesOf, type Plan, PlanOffer } from './plan-offer.tsx';
import { type Interval, useWantedPlan } from './wanted-plan.ts';

const texts = subscriptionTexts.plans;

/** Those that may be chosen, and the customer's own; of each plan the version that is sold. */
const offersOf = (plans: readonly Plan[], own: string): Plan[] =>
  plans.filter(({ state, open, plan }) => state === 'sold' && (open || plan === own));

function ToPreview({ plan, interval }: { plan: Plan; interval: Interval }) {
  const mayCall = useMay();
  const { linkTo } = useWantedPlan();
  if (!mayCall(previewChange)) return null;
  return (
    <Link to={linkTo({ plan: plan.plan, interval })} data-operation={previewChange.operation}>
      {texts.seeOf(plan.name, interval)}
    </Link>
  );
}

export interface PlanOffersProps {
  plans: readonly Plan[];
  of: SubscriptionView;
  /** How one is bought, where nothing runs at Stripe; null where nobody buys here. */
  buy: ((plan: Plan, interval: Interval) => ReactNode) | null;
}

export function PlanOffers({ plans, of, buy }: PlanOffersProps) {
  const offers = offersOf(plans, of.plan);
  const isSubscribed = of.stripe_subscription_id !== null;
  if (offers.length === 0) return <NothingYet title={texts.none}>{texts.noneHint}</NothingYet>;
  const doing = (plan: Plan, interval: Interval): ReactNode => {
    if (!isSubscribed) return buy?.(plan, interval) ?? null;
    const isWhatItIs = plan.plan === of.plan && interval === of.interval;
    return isWhatItIs ? null : <ToPreview plan={plan} interval={interval} />;
  };
  return (
    <>
      <Content component="p">{texts.beforeTax}</Content>
      <Gallery hasGutter minWidths={{ default: '18rem' }} component="ul" aria-label={texts.label}>
        {offers.map((plan) => (
          <GalleryItem key={plan.plan} component="li">
            <PlanOffer plan={plan} isOwn={plan.plan === of.plan}>
              <ActionList className="tenantry-actions">
                {feesOf(plan).map(([interval]) => (
                  <ActionListItem key={interval}>{doing(plan, interval)}</ActionListItem>
                ))}
              </ActionList>
            </PlanOffer>
          </GalleryItem>
        ))}
      </Gallery>
    </>
  );
}
