/** The button that changes what only the seller decides: payment by invoice, days to pay, exemption from tax. */
import { useState } from 'react';
import { type BillingView, billingBody } from '../../../src/contracts/billing.ts';
import { readBilling, setBilling } from '../../../src/contracts/routes/billing.ts';
import { Deed } from '../confirm/deed.tsx';
import { ChoiceField, LineField } from '../confirm/fields.tsx';
import { billingTexts } from '../texts/billing.ts';

const texts = billingTexts.settings;

const optionsOf = <T extends string>(labels: Readonly<Record<T, string>>) =>
  Object.entries<string>(labels).map(([value, label]) => ({ value, label }));

interface Written {
  collection: string;
  days: string;
  exempt: string;
}

export function BillingTerms({ customerId, billing }: { customerId: string; billing: BillingView }) {
  const [changed, setChanged] = useState<Partial<Written>>({});
  const { collection, net_days: days, tax_exempt: exempt } = billing;
  const written = { collection, days: String(days), exempt, ...changed };
  const body = { collection: written.collection, net_days: Number(written.days), tax_exempt: written.exempt };
  const change = (part: Partial<Written>) => setChanged((before) => ({ ...before, ...part }));
  return (
    <Deed
      route={setBilling}
      label={texts.terms}
      title={texts.termsTitle}
      what={
        <>
          <p>{texts.termsWhat}</p>
          <ChoiceField
            label={texts.collection}
            value={written.collection}
            options={optionsOf(texts.collections)}
            onChange={(value) => change({ collection: value })}
          />
          <LineField
            label={texts.days}
            type="number"
            value={written.days}
            onChange={(value) => change({ days: value })}
          />
          <ChoiceField
            label={texts.taxExempt}
            value={written.exempt}
            options={optionsOf(texts.exemptions)}
            onChange={(value) => change({ exempt: value })}
          />
        </>
      }
      isReady={written.days !== '' && billingBody.safeParse(body).success}
      input={() => ({ params: { customerId }, body: billingBody.parse(body) })}
      changes={[readBilling]}
      onDone={() => setChanged({})}
    />
  );
}
