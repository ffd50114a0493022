/** An invoice as people read it: its head, and a line a line with why. Pure. */
import type { InvoiceView } from '../../src/contracts/invoices.ts';
import { dateOf, dollars, minuteOf, minuteOrDash, quantity } from './amounts.ts';
import { type Column, tableOf } from './table.ts';

const columns: readonly Column[] = [
  { title: 'what' },
  { title: 'of' },
  { title: 'billed', align: 'right' },
  { title: 'unit' },
  { title: 'amount', align: 'right' },
  { title: 'by' },
  { title: 'why' },
];

/** What becomes of a line that is not simply on the invoice. */
const standings: Partial<Record<InvoiceView['lines'][number]['state'], string>> = {
  held: 'waits for approval, not on this invoice',
  released: 'approved after this invoice, comes with the next one',
  rejected: 'not approved, is never billed',
};

const lineOf = (line: InvoiceView['lines'][number]): string[] => [
  line.description,
  line.period === null ? '-' : `${dateOf(line.period.start)} to ${dateOf(line.period.end)}`,
  quantity(line.billable),
  line.unit,
  dollars(line.amount_cents),
  line.by,
  [standings[line.state], line.reason, line.delta_of === null ? undefined : `first billed by ${line.delta_of}`]
    .filter((part) => part !== undefined)
    .join('; '),
];

export const invoiceLines = (invoice: InvoiceView): string[] => [
  `${invoice.invoice_id}  ${invoice.number ?? 'no number yet'}  ${invoice.kind}  ${invoice.state}${invoice.late ? '  late' : ''}`,
  ...(invoice.hold === null ? [] : [`waits (${invoice.hold.reason}) until ${minuteOf(invoice.hold.until)} UTC`]),
  ...(invoice.shadow ? ['the usage lines were computed and not sent to Stripe'] : []),
  ...tableOf(columns, invoice.lines.map(lineOf)),
  `total ${dollars(invoice.total_cents)}, tax ${dollars(invoice.tax_cents)}, to pay ${dollars(invoice.amount_due_cents)}`,
  `finalised ${minuteOrDash(invoice.finalized_at)}, paid ${minuteOrDash(invoice.paid_at)}`,
];
