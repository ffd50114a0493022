/** Invoices of all customers: searched, by state and by the days on which they were made. */
import { PageSection } from '@patternfly/react-core';
import { type InvoiceHead, invoiceState, invoicesQuery } from '../../../src/contracts/invoices.ts';
import { listInvoices } from '../../../src/contracts/routes/invoices.ts';
import { useRead } from '../data/use-read.ts';
import { invoiceColumns } from '../invoices/columns.tsx';
import type { Column } from '../list/columns.ts';
import { timesOf } from '../list/days.ts';
import { FilterLabels } from '../list/filter-labels.tsx';
import { List } from '../list/list.tsx';
import { ListDays } from '../list/list-days.tsx';
import { ListFilter } from '../list/list-filter.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { consoleTexts } from '../texts/console.ts';
import { optionsOf } from '../texts/console-customers.ts';
import { consoleInvoiceTexts as texts } from '../texts/console-invoices.ts';
import { invoiceTexts } from '../texts/invoices.ts';
import { invoiceAddress } from './addresses.ts';
import { BillingStatus } from './billing-status.tsx';
import { SubjectLink } from './subject-link.tsx';

const filterNames = ['state', 'from', 'to', 'customer_id'] as const;
const states = optionsOf(invoiceTexts.states);
const everyMs = 30_000;

const [number, ...others] = invoiceColumns(invoiceAddress);
const columns: readonly Column<InvoiceHead>[] = [
  ...(number === undefined ? [] : [number]),
  { key: 'customer', label: texts.customer, cell: ({ customer_id }) => <SubjectLink id={customer_id} /> },
  ...others,
  {
    key: 'stripe',
    label: texts.atStripe,
    hidden: true,
    cell: ({ stripe_invoice_id }) => <span className="tenantry-foreign">{stripe_invoice_id}</span>,
  },
];

export function Page() {
  const list = useListState(filterNames);
  const state = invoiceState.safeParse(list.filters['state']).data;
  const customerId = invoicesQuery.shape.customer_id.safeParse(list.filters['customer_id']).data;
  const invoices = useRead(
    listInvoices,
    {
      query: {
        page: list.page,
        limit: list.limit,
        ...timesOf(list.filters),
        ...(list.q === '' ? {} : { q: list.q }),
        ...(state === undefined ? {} : { state }),
        ...(customerId === undefined ? {} : { customer_id: customerId }),
      },
    },
    { everyMs, keep: true },
  );
  return (
    <>
      <PageTitle title={consoleTexts.invoices} intro={texts.intro} actions={<BillingStatus />} />
      <PageSection className="tenantry-foreign">
        <List
          name="invoices"
          label={invoiceTexts.label}
          columns={columns}
          idOf={({ invoice_id }) => invoice_id}
          state={list}
          read={invoices}
          searchLabel={texts.search}
          filters={
            <>
              <ListFilter
                list={list}
                name="state"
                label={invoiceTexts.stateLabel}
                all={invoiceTexts.anyState}
                value={state}
                options={states}
              />
              <ListDays list={list} labels={texts} />
              <FilterLabels list={list} labels={texts.filters} />
            </>
          }
          empty={<NothingYet title={invoiceTexts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
