/** What a list of held lines shows of each. */
import { Link } from 'react-router';
import type { HeldLineView } from '../../../src/contracts/invoices.ts';
import { spanText } from '../invoices/words.ts';
import type { Column } from '../list/columns.ts';
import { moneyText } from '../money/money-text.ts';
import { Amount } from '../money/numbers.tsx';
import { common } from '../texts/common.ts';
import { holdTexts as texts } from '../texts/console-invoices.ts';
import { Time } from '../time/time.tsx';
import { invoiceAddress } from './addresses.ts';
import { SubjectLink } from './subject-link.tsx';

const names = texts.columns;

function whyText(why: HeldLineView['why']): string {
  if (why === null) return texts.why.unknown;
  const { limit_cents: limit, usual } = why;
  return [
    ...(limit === null ? [] : [texts.why.limit(moneyText(limit))]),
    ...(usual === null ? [] : [texts.why.usual(usual.times, moneyText(usual.cents), usual.factor)]),
  ].join('; ');
}

/** Of one invoice, whose page they stand on. */
export const heldColumns: readonly Column<HeldLineView>[] = [
  {
    key: 'line',
    label: names.line,
    always: true,
    cell: ({ line: { description, tier } }) => (tier === null ? description : `${description}, ${tier}`),
  },
  {
    key: 'of',
    label: names.of,
    cell: ({ line: { period } }) => (period === null ? common.none : spanText(period)),
  },
  { key: 'amount', label: names.amount, cell: ({ line }) => <Amount cents={line.amount_cents} /> },
  { key: 'why', label: names.why, cell: ({ why }) => whyText(why) },
  { key: 'since', label: names.since, cell: ({ held_at }) => <Time at={held_at} /> },
  { key: 'comes', label: names.comes, cell: ({ line }) => line.reason },
  {
    key: 'until',
    label: names.until,
    cell: ({ until }) => (until === null ? texts.nextInvoice : <Time at={until} />),
  },
];

export const allHeldColumns: readonly Column<HeldLineView>[] = [
  { key: 'customer', label: names.customer, always: true, cell: ({ customer_id }) => <SubjectLink id={customer_id} /> },
  {
    key: 'invoice',
    label: names.invoice,
    cell: ({ invoice_id }) => <Link to={invoiceAddress(invoice_id)}>{invoice_id}</Link>,
  },
  ...heldColumns,
  { key: 'id', label: names.id, hidden: true, cell: ({ hold_id }) => hold_id },
];
