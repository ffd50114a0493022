/** What a list of invoices shows of each. */
import { Link } from 'react-router';
import type { InvoiceHead } from '../../../src/contracts/invoices.ts';
import type { Column } from '../list/columns.ts';
import { Amount } from '../money/numbers.tsx';
import { invoiceTexts as texts } from '../texts/invoices.ts';
import { Time } from '../time/time.tsx';
import { StateLabel } from './state-label.tsx';
import { numberText, periodText } from './words.ts';

const names = texts.columns;

const others: readonly Column<InvoiceHead>[] = [
  { key: 'period', label: names.period, cell: periodText },
  { key: 'kind', label: names.kind, cell: ({ kind }) => texts.kinds[kind] },
  { key: 'state', label: names.state, cell: ({ state }) => <StateLabel state={state} /> },
  { key: 'total', label: names.total, cell: ({ total_cents }) => <Amount cents={total_cents} /> },
  { key: 'due', label: names.due, cell: ({ amount_due_cents }) => <Amount cents={amount_due_cents} /> },
  { key: 'paid', label: names.paid, cell: ({ paid_at }) => <Time at={paid_at} /> },
  { key: 'made', label: names.made, hidden: true, cell: ({ created_at }) => <Time at={created_at} /> },
  { key: 'payBy', label: names.payBy, hidden: true, cell: ({ due_at }) => <Time at={due_at} /> },
  { key: 'id', label: names.id, hidden: true, cell: ({ invoice_id }) => invoice_id },
];

/** @param addressOf the page of one, by its id */
export const invoiceColumns = (addressOf: (invoiceId: string) => string): readonly Column<InvoiceHead>[] => [
  {
    key: 'number',
    label: names.number,
    always: true,
    cell: (invoice) => (
      <Link to={addressOf(invoice.invoice_id)} className="tenantry-foreign">
        {numberText(invoice)}
      </Link>
    ),
  },
  ...others,
];
