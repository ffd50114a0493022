/** The buttons that lead to Stripe's pages: the one on which a plan is bought, and those of cards and bills. */
import { ActionListItem } from '@patternfly/react-core';
import { checkOut, openPortal, readSubscription } from '../../../src/contracts/routes/subscriptions.ts';
import { Deed } from '../confirm/deed.tsx';
import { Words } from '../confirm/words.tsx';
import { moneyText } from '../money/money-text.ts';
import { feesOf, type Plan } from '../subscription/plan-offer.tsx';
import type { Interval } from '../subscription/wanted-plan.ts';
import { subscriptionTexts as texts } from '../texts/subscription.ts';
import { planAddress } from './addresses.ts';
import { returnAddresses } from './checkout-result.tsx';

const { origin } = window.location;
const leave = (url: string) => window.location.assign(url);

export interface BuyPlanProps {
  customerId: string;
  plan: Plan;
  interval: Interval;
}

export function BuyPlan({ customerId, plan, interval }: BuyPlanProps) {
  const [, cents = plan.fee_cents] = feesOf(plan).find(([by]) => by === interval) ?? [];
  const price = texts.plans.perInterval(moneyText(cents), interval);
  return (
    <Deed
      route={checkOut}
      label={texts.checkout.label(plan.name, interval)}
      title={texts.checkout.title(plan.name)}
      what={<Words of={texts.checkout.what(price)} />}
      variant="primary"
      input={() => ({
        body: { customer_id: customerId, plan: plan.plan, interval, ...returnAddresses(origin) },
      })}
      changes={[readSubscription]}
      onDone={({ checkout_url }) => leave(checkout_url)}
    />
  );
}

export function ToPortal({ customerId }: { customerId: string }) {
  return (
    <ActionListItem>
      <Deed
        route={openPortal}
        label={texts.portal.label}
        title={texts.portal.title}
        what={<Words of={texts.portal.what} />}
        input={() => ({ body: { customer_id: customerId, return_url: `${origin}${planAddress}` } })}
        changes={[]}
        onDone={({ portal_url }) => leave(portal_url)}
      />
    </ActionListItem>
  );
}
