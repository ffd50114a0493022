/** An invoice's head and its sums, as terms and values; further facts are the caller's. */
import { Content } from '@patternfly/react-core';
import type { InvoiceView } from '../../../src/contracts/invoices.ts';
import { type Fact, Facts } from '../list/facts.tsx';
import { Amount } from '../money/numbers.tsx';
import { webAddress } from '../states/web-address.ts';
import { invoiceTexts as texts } from '../texts/invoices.ts';
import { Time } from '../time/time.tsx';
import { numberText, periodText } from './words.ts';

const names = texts.columns;

const sumsOf = (invoice: InvoiceView): Fact[] => {
  const { subtotal_cents, credit_cents, tax_cents, total_cents, amount_due_cents } = invoice;
  const rest = subtotal_cents - credit_cents + tax_cents - total_cents;
  return [
    [texts.subtotal, <Amount key="s" cents={subtotal_cents} />],
    ...(credit_cents === 0 ? [] : ([[texts.credit, <Amount key="c" cents={-credit_cents} />]] as const)),
    ...(rest === 0 ? [] : ([[texts.discount, <Amount key="d" cents={-rest} />]] as const)),
    [texts.tax, <Amount key="x" cents={tax_cents} />],
    [texts.total, <Amount key="t" cents={total_cents} />],
    [texts.due, <Amount key="a" cents={amount_due_cents} />],
  ];
};

export function InvoiceFacts({ invoice, more = [] }: { invoice: InvoiceView; more?: readonly Fact[] }) {
  const hosted = webAddress(invoice.hosted_url);
  return (
    <>
      <Facts
        label={texts.facts}
        facts={[
          [names.number, numberText(invoice)],
          [texts.periodOf, periodText(invoice)],
          [names.kind, texts.kinds[invoice.kind]],
          [names.made, <Time key="m" at={invoice.created_at} />],
          [texts.finalized, <Time key="f" at={invoice.finalized_at} />],
          [names.payBy, <Time key="b" at={invoice.due_at} />],
          [names.paid, <Time key="p" at={invoice.paid_at} />],
          ...more,
        ]}
      />
      {hosted === null ? null : (
        <p>
          <a href={hosted} target="_blank" rel="noreferrer">
            {texts.hosted}
          </a>
        </p>
      )}
      <Content component="h3">{texts.sums}</Content>
      <Facts label={texts.sums} facts={sumsOf(invoice)} />
    </>
  );
}
