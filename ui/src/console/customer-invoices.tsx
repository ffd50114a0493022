/** What a customer was billed. */
import { Content } from '@patternfly/react-core';
import { Link } from 'react-router';
import { listInvoices } from '../../../src/contracts/routes/invoices.ts';
import { useRead } from '../data/use-read.ts';
import { invoiceColumns } from '../invoices/columns.tsx';
import { List } from '../list/list.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { consoleInvoiceTexts as texts } from '../texts/console-invoices.ts';
import { invoiceTexts } from '../texts/invoices.ts';
import { correctionsOfCustomer, holdsOfCustomer, invoiceAddress, invoicesOfCustomer } from './addresses.ts';

const noFilters = [] as const;
const columns = invoiceColumns(invoiceAddress);
const everyMs = 30_000;

export function Invoices({ customerId }: { customerId: string }) {
  const list = useListState(noFilters);
  const query = { customer_id: customerId, page: list.page, limit: list.limit };
  const invoices = useRead(listInvoices, { query }, { everyMs, keep: true });
  return (
    <>
      <Content component="p">
        <Link to={invoicesOfCustomer(customerId)}>{texts.toAll}</Link>
        {' · '}
        <Link to={holdsOfCustomer(customerId)}>{texts.toHolds}</Link>
        {' · '}
        <Link to={correctionsOfCustomer(customerId)}>{texts.toCorrections}</Link>
      </Content>
      <List
        name="customer-invoices"
        label={invoiceTexts.label}
        columns={columns}
        idOf={({ invoice_id }) => invoice_id}
        state={list}
        read={invoices}
        empty={<NothingYet title={invoiceTexts.emptyTitle}>{texts.emptyOfCustomer}</NothingYet>}
      />
    </>
  );
}
