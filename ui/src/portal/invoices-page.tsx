/** The customer's invoices, newest first, by their state. */
import { PageSection } from '@patternfly/react-core';
import { invoiceState } from '../../../src/contracts/invoices.ts';
import { listInvoices } from '../../../src/contracts/routes/invoices.ts';
import { useRead } from '../data/use-read.ts';
import { invoiceColumns } from '../invoices/columns.tsx';
import { List } from '../list/list.tsx';
import { ListFilter } from '../list/list-filter.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { invoiceTexts as texts } from '../texts/invoices.ts';
import { titles } from '../texts/titles.ts';
import { invoiceAddress } from './addresses.ts';
import { useCustomer } from './customer.ts';

const filterNames = ['state'] as const;
const states = Object.entries(texts.states).map(([value, label]) => ({ value, label }));
const columns = invoiceColumns(invoiceAddress);
const everyMs = 60_000;

export function Page() {
  const { customerId } = useCustomer();
  const list = useListState(filterNames);
  const state = invoiceState.safeParse(list.filters['state']).data;
  const invoices = useRead(
    listInvoices,
    {
      query: {
        customer_id: customerId,
        page: list.page,
        limit: list.limit,
        ...(state === undefined ? {} : { state }),
      },
    },
    { everyMs, keep: true },
  );
  return (
    <>
      <PageTitle title={titles.portal.invoices} intro={texts.intro} />
      <PageSection>
        <List
          name="own-invoices"
          label={texts.label}
          columns={columns}
          idOf={({ invoice_id }) => invoice_id}
          state={list}
          read={invoices}
          filters={
            <ListFilter
              list={list}
              name="state"
              label={texts.stateLabel}
              all={texts.anyState}
              value={state}
              options={states}
            />
          }
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
