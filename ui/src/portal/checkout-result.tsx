/** What became of the checkout that Stripe's page has led back from, also while Stripe still tells us of it. */
import { Alert, AlertActionCloseButton } from '@patternfly/react-core';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';
import { readSubscription } from '../../../src/contracts/routes/subscriptions.ts';
import type { SubscriptionView } from '../../../src/contracts/subscriptions.ts';
import { useRead } from '../data/use-read.ts';
import { subscriptionTexts } from '../texts/subscription.ts';
import { planAddress } from './addresses.ts';

const texts = subscriptionTexts.checkout;
const parameter = 'checkout';
/** An event of Stripe's is applied within seconds; one that takes this long has met an outage. */
const slowMs = 60_000;
const awaitedMs = 2_000;

/** Where Stripe's page leads to. The braces are Stripe's to fill in, and stay as they are. */
export const returnAddresses = (origin: string) => ({
  success_url: `${origin}${planAddress}?${parameter}=done&session={CHECKOUT_SESSION_ID}`,
  cancel_url: `${origin}${planAddress}?${parameter}=left`,
});

function useIsSlow(isAwaited: boolean): boolean {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    if (!isAwaited) return;
    const timer = setTimeout(() => setSlow(true), slowMs);
    return () => clearTimeout(timer);
  }, [isAwaited]);
  return isAwaited && isSlow;
}

export interface CheckoutResultProps {
  customerId: string;
  of: SubscriptionView;
  /** The name of its plan. */
  name: string;
}

export function CheckoutResult({ customerId, of, name }: CheckoutResultProps) {
  const [query, setQuery] = useSearchParams();
  const isAwaited = query.get(parameter) === 'done' && of.stripe_subscription_id === null;
  // The page's own read, asked for more often while somebody waits.
  useRead(readSubscription, { params: { customerId } }, isAwaited ? { everyMs: awaitedMs } : {});
  const isSlow = useIsSlow(isAwaited);
  const what = query.get(parameter);
  if (what !== 'done' && what !== 'left') return null;
  const close = () =>
    setQuery((before) => {
      const after = new URLSearchParams(before);
      for (const gone of [parameter, 'session']) after.delete(gone);
      return after;
    });
  const said =
    what === 'left'
      ? ({ variant: 'info', title: texts.leftTitle, text: texts.left } as const)
      : isSlow
        ? ({ variant: 'warning', title: texts.slowTitle, text: texts.slow } as const)
        : isAwaited
          ? ({ variant: 'info', title: texts.waitTitle, text: texts.wait } as const)
          : ({ variant: 'success', title: texts.doneTitle(name), text: texts.done } as const);
  return (
    <div role="status">
      <Alert
        isInline
        variant={said.variant}
        title={said.title}
        actionClose={<AlertActionCloseButton onClose={close} />}
      >
        {said.text}
      </Alert>
    </div>
  );
}
