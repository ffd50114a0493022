/** A customer's billing: the spend cap, credit, and what stands on its invoices. */
import { PageSection, Stack, StackItem } from '@patternfly/react-core';
import { readBilling } from '../../../src/contracts/routes/billing.ts';
import { readSpendCap } from '../../../src/contracts/routes/spend-caps.ts';
import { BillingFacts } from '../billing/billing-settings.tsx';
import { Credit } from '../billing/credit.tsx';
import { Cap } from '../billing/spend-cap.tsx';
import { useRead } from '../data/use-read.ts';
import { PageTitle } from '../shell/page-title.tsx';
import { billingTexts as texts } from '../texts/billing.ts';
import { titles } from '../texts/titles.ts';
import { invoiceAddress } from './addresses.ts';
import { useCustomer } from './customer.ts';
import { Part } from './part.tsx';

const everyMs = 30_000;

export function Page() {
  const params = useCustomer();
  const cap = useRead(readSpendCap, { params }, { everyMs });
  const billing = useRead(readBilling, { params }, { everyMs });
  return (
    <>
      <PageTitle title={titles.portal.billing} intro={texts.intro} />
      <PageSection>
        <Stack hasGutter>
          <StackItem>
            <Part title={texts.cap.title} read={cap} lines={8}>
              {(answer) => <Cap {...params} cap={answer.cap} />}
            </Part>
          </StackItem>
          <StackItem>
            <Part title={texts.settings.title} read={billing} lines={6}>
              {(answer) => <BillingFacts {...params} billing={answer.billing} />}
            </Part>
          </StackItem>
          <StackItem>
            <Credit {...params} invoiceAddress={invoiceAddress} />
          </StackItem>
        </Stack>
      </PageSection>
    </>
  );
}
