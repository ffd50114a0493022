/** A customer's billing for staff: the spend cap, credit that is given and taken back, and how it pays and is taxed. */
import { Card, CardBody, CardTitle, Stack, StackItem } from '@patternfly/react-core';
import { readBilling } from '../../../src/contracts/routes/billing.ts';
import { readSpendCap } from '../../../src/contracts/routes/spend-caps.ts';
import { BillingFacts } from '../billing/billing-settings.tsx';
import { Credit } from '../billing/credit.tsx';
import { Cap } from '../billing/spend-cap.tsx';
import { useRead } from '../data/use-read.ts';
import { ReadPart } from '../states/read-part.tsx';
import { billingTexts as texts } from '../texts/billing.ts';
import { invoiceAddress } from './addresses.ts';
import { BillingTerms } from './billing-terms.tsx';
import { GiveCredit, TakeBack } from './credit-deeds.tsx';

const everyMs = 15_000;

export function Billing({ customerId }: { customerId: string }) {
  const params = { customerId };
  const cap = useRead(readSpendCap, { params }, { everyMs });
  const billing = useRead(readBilling, { params }, { everyMs });
  return (
    <Stack hasGutter>
      <StackItem>
        <Card>
          <CardTitle component="h2">{texts.cap.title}</CardTitle>
          <CardBody>
            <ReadPart read={cap}>{(answer) => <Cap customerId={customerId} cap={answer.cap} />}</ReadPart>
          </CardBody>
        </Card>
      </StackItem>
      <StackItem>
        <Card>
          <CardTitle component="h2">{texts.settings.title}</CardTitle>
          <CardBody>
            <ReadPart read={billing}>
              {(answer) => (
                <BillingFacts
                  customerId={customerId}
                  billing={answer.billing}
                  forStaff={<BillingTerms customerId={customerId} billing={answer.billing} />}
                />
              )}
            </ReadPart>
          </CardBody>
        </Card>
      </StackItem>
      <StackItem>
        <Credit
          customerId={customerId}
          invoiceAddress={invoiceAddress}
          actions={{
            give: <GiveCredit customerId={customerId} />,
            of: (entry) => <TakeBack customerId={customerId} entry={entry} />,
          }}
        />
      </StackItem>
    </Stack>
  );
}
