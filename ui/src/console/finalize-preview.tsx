/** What finalising an invoice would do, of the invoice as it is now: what it comes to, who pays it and how, what stays held. */
import type { InvoiceView } from '../../../src/contracts/invoices.ts';
import { readBilling } from '../../../src/contracts/routes/billing.ts';
import { readCustomer } from '../../../src/contracts/routes/customers.ts';
import { finalizeInvoice } from '../../../src/contracts/routes/invoices.ts';
import { Words } from '../confirm/words.tsx';
import { together } from '../data/together.ts';
import { useRead } from '../data/use-read.ts';
import { previewOf } from '../invoices/preview-of.ts';
import { moneyText } from '../money/money-text.ts';
import { LineLoading } from '../states/loading.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { consoleInvoiceTexts } from '../texts/console-invoices.ts';

const texts = consoleInvoiceTexts.finalize;

/** Who pays, in words; none while the customer or its settings could not be read. */
function usePayer(customerId: string) {
  const params = { customerId };
  const customer = useRead(readCustomer, { params });
  const billing = useRead(readBilling, { params });
  const who = customer.data?.customer;
  const how = billing.data?.billing;
  const isKnown = who !== undefined && how !== undefined;
  const email = how?.billing_email ?? who?.email ?? '';
  const paid = !isKnown
    ? []
    : how.collection === 'card'
      ? [texts.byCard(who.company_name, email)]
      : [texts.byInvoice(who.company_name, email, how.net_days)];
  return { paid, waits: [customer, billing] };
}

export function FinalizePreview({ invoice: { invoice_id, customer_id } }: { invoice: InvoiceView }) {
  const preview = useRead(finalizeInvoice, { params: { invoiceId: invoice_id }, body: {}, preview: true });
  const { paid, waits } = usePayer(customer_id);
  return (
    <ReadPart read={together(preview, ...waits)} loading={<LineLoading />}>
      {({ invoice: answer }) => {
        const { cents, held } = previewOf(answer);
        const heldCents = held.reduce((sum, line) => sum + line.amount_cents, 0);
        return (
          <Words
            of={[
              texts.comesTo(moneyText(cents)),
              ...(cents > 0 ? paid : [texts.nothingToPay]),
              ...(answer.late ? [texts.late] : []),
              ...(held.length === 0 ? [] : [texts.without(held.length, moneyText(heldCents))]),
              ...held.map((line) => texts.staysHeld(line.description, moneyText(line.amount_cents), line.line_id)),
            ]}
          />
        );
      }}
    </ReadPart>
  );
}
