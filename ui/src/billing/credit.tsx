/** Prepaid credit: the balance, and every entry of the ledger. */
import { Content, ToolbarItem } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { CreditEntryView } from '../../../src/contracts/credits.ts';
import { listCredits } from '../../../src/contracts/routes/credits.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { moneyText } from '../money/money-text.ts';
import { Amount } from '../money/numbers.tsx';
import { billingTexts } from '../texts/billing.ts';
import { common } from '../texts/common.ts';
import { Time } from '../time/time.tsx';

const texts = billingTexts.credit;
const noFilters = [] as const;

const columnsOf = (addressOf: CreditProps['invoiceAddress']): readonly Column<CreditEntryView>[] => [
  { key: 'when', label: texts.when, always: true, cell: ({ created_at }) => <Time at={created_at} /> },
  { key: 'kind', label: texts.kind, cell: ({ kind }) => texts.kinds[kind] },
  { key: 'amount', label: texts.amount, cell: ({ amount_cents: cents }) => <Amount cents={cents} /> },
  { key: 'balance', label: texts.balanceAfter, cell: ({ balance_cents: cents }) => <Amount cents={cents} /> },
  {
    key: 'expires',
    label: texts.expires,
    cell: ({ expires_at: at }) => (at === null ? texts.never : <Time at={at} />),
  },
  { key: 'reason', label: texts.reason, cell: ({ reason }) => <span className="tenantry-foreign">{reason}</span> },
  {
    key: 'invoice',
    label: texts.invoice,
    cell: ({ invoice_id: id }) => (id === null ? common.none : <Link to={addressOf(id)}>{texts.toInvoice}</Link>),
  },
];

/** An entry has no id of its own: its place in time and the balance after it tell it apart. */
const idOf = ({ credit_id, kind, created_at, balance_cents, invoice_id }: CreditEntryView): string =>
  [credit_id, kind, created_at, balance_cents, invoice_id].join(' ');

export interface CreditProps {
  customerId: string;
  /** The page of an invoice, by its id. */
  invoiceAddress: (invoiceId: string) => string;
  /** Gives credit, and takes an entry's grant back: staff alone. */
  actions?: { give: ReactNode; of: (entry: CreditEntryView) => ReactNode };
}

export function Credit({ customerId, invoiceAddress, actions }: CreditProps) {
  const columns = columnsOf(invoiceAddress);
  const params = { customerId };
  const list = useListState(noFilters);
  const read = useRead(listCredits, { params, query: { page: list.page, limit: list.limit } }, { keep: true });
  return (
    <>
      <Content component="h2">{texts.title}</Content>
      {read.data === undefined ? null : <p>{texts.balance(moneyText(read.data.balance_cents))}</p>}
      <List
        name="credit"
        label={texts.label}
        columns={
          actions === undefined
            ? columns
            : [...columns, { key: 'actions', label: texts.actions, always: true, cell: actions.of }]
        }
        {...(actions === undefined ? {} : { actions: <ToolbarItem>{actions.give}</ToolbarItem> })}
        idOf={idOf}
        state={list}
        read={read}
        empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
      />
    </>
  );
}
