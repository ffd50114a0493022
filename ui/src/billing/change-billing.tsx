/** The button that changes what a customer sets of its billing by itself: email, purchase order, address, tax id. */
import { useState } from 'react';
import { type BillingBody, type BillingView, billingBody } from '../../../src/contracts/billing.ts';
import { readBilling, setBilling } from '../../../src/contracts/routes/billing.ts';
import { Deed } from '../confirm/deed.tsx';
import { LineField } from '../confirm/fields.tsx';
import { billingTexts } from '../texts/billing.ts';

const texts = billingTexts.settings;

const ofAddress = ['line1', 'line2', 'postalCode', 'city', 'region', 'country'] as const;
const names = ['email', 'poNumber', ...ofAddress, 'taxType', 'taxValue'] as const;
type Written = Readonly<Record<(typeof names)[number], string>>;

const writtenOf = ({ billing_email, po_number, address, tax_ids: [first] }: BillingView): Written => ({
  email: billing_email ?? '',
  poNumber: po_number ?? '',
  line1: address?.line1 ?? '',
  line2: address?.line2 ?? '',
  postalCode: address?.postal_code ?? '',
  city: address?.city ?? '',
  region: address?.state ?? '',
  country: address?.country ?? '',
  taxType: first?.type ?? '',
  taxValue: first?.value ?? '',
});

const orNull = (text: string): string | null => (text.trim() === '' ? null : text);
const given = (name: string, text: string) => (text.trim() === '' ? {} : { [name]: text });

/**
 * Only the first of several tax ids is edited here; the others stay. An address that nobody has touched is not set: Stripe may have
 * a newer one.
 */
function bodyOf(changed: Partial<Written>, billing: BillingView): unknown {
  const written = { ...writtenOf(billing), ...changed };
  const [, ...others] = billing.tax_ids;
  const { line1, line2, postalCode, city, region, country } = written;
  const address = {
    line1,
    ...given('line2', line2),
    ...given('postal_code', postalCode),
    ...given('city', city),
    ...given('state', region),
    country: country.trim().toUpperCase(),
  };
  const isEmpty = ofAddress.every((name) => written[name].trim() === '');
  const taxId = { type: written.taxType.trim(), value: written.taxValue.trim() };
  return {
    billing_email: orNull(written.email),
    po_number: orNull(written.poNumber),
    ...(ofAddress.some((name) => changed[name] !== undefined) && { address: isEmpty ? null : address }),
    tax_ids: [...(taxId.type === '' ? [] : [taxId]), ...others],
  };
}

export function ChangeBilling({ customerId, billing }: { customerId: string; billing: BillingView }) {
  const [changed, setChanged] = useState<Partial<Written>>({});
  const written = { ...writtenOf(billing), ...changed };
  const read = billingBody.safeParse(bodyOf(changed, billing));
  return (
    <Deed
      route={setBilling}
      label={texts.change}
      title={texts.changeTitle}
      what={
        <>
          <p>{texts.changeWhat}</p>
          {names.map((name) => (
            <LineField
              key={name}
              label={texts[name]}
              isNeeded={false}
              value={written[name]}
              onChange={(value) => setChanged((before) => ({ ...before, [name]: value }))}
            />
          ))}
        </>
      }
      isReady={read.success}
      input={() => ({
        params: { customerId },
        body: billingBody.parse(bodyOf(changed, billing)) satisfies BillingBody,
      })}
      changes={[readBilling]}
      onDone={() => setChanged({})}
    />
  );
}
