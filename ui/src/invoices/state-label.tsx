/** How an invoice is, as a label with its colour and word. */
import { Label, type LabelProps } from '@patternfly/react-core';
import type { InvoiceState } from '../../../src/contracts/invoices.ts';
import { invoiceTexts } from '../texts/invoices.ts';

const statuses: Partial<Record<InvoiceState, NonNullable<LabelProps['status']>>> = {
  held: 'warning',
  failed: 'danger',
  open: 'info',
  paid: 'success',
};

export function StateLabel({ state }: { state: InvoiceState }) {
  const status = statuses[state];
  return (
    <Label isCompact variant="outline" {...(status ? { status } : {})}>
      {invoiceTexts.states[state]}
    </Label>
  );
}
