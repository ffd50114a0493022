/** Corrections of usage, of all customers or of one, and making one. */
import { Alert, AlertActionCloseButton, PageSection, ToolbarItem } from '@patternfly/react-core';
import { useState } from 'react';
import { Link } from 'react-router';
import { allCorrectionsQuery, type Correction } from '../../../src/contracts/corrections.ts';
import { listAllCorrections } from '../../../src/contracts/routes/corrections.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { FilterLabels } from '../list/filter-labels.tsx';
import { List } from '../list/list.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { Digits } from '../money/numbers.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { common } from '../texts/common.ts';
import { consoleTexts } from '../texts/console.ts';
import { correctionTexts as texts } from '../texts/console-corrections.ts';
import { Time } from '../time/time.tsx';
import { invoiceAddress, invoicesOfCustomer } from './addresses.ts';
import { CorrectionChange, invoiceText, movedText } from './correction-change.tsx';
import { MakeCorrection } from './make-correction.tsx';
import { SubjectLink } from './subject-link.tsx';

const filterNames = ['customer_id'] as const;
const names = texts.columns;
const everyMs = 30_000;

/** Where no invoice has it yet, those of its customer are led to. */
const OnInvoice = ({ invoice, invoice_id: id, customer_id }: Correction) =>
  invoice === null ? (
    invoiceText(invoice)
  ) : (
    <Link to={id === null ? invoicesOfCustomer(customer_id) : invoiceAddress(id)}>{invoiceText(invoice)}</Link>
  );

const columns: readonly Column<Correction>[] = [
  { key: 'made', label: names.made, always: true, cell: ({ at }) => <Time at={at} /> },
  { key: 'customer', label: names.customer, cell: ({ customer_id }) => <SubjectLink id={customer_id} /> },
  { key: 'kind', label: names.kind, cell: ({ kind }) => texts.kinds[kind] },
  {
    key: 'window',
    label: names.window,
    cell: ({ window_start, window_end }) => (
      <>
        <Time at={window_start} /> {texts.until} <Time at={window_end} />
      </>
    ),
  },
  { key: 'namespace', label: names.namespace, hidden: true, cell: ({ namespace }) => namespace },
  { key: 'instance', label: names.instance, hidden: true, cell: ({ instance_id }) => instance_id },
  {
    key: 'change',
    label: names.change,
    cell: ({ before, after }) => <CorrectionChange before={before} after={after} />,
  },
  { key: 'delta', label: names.delta, cell: ({ delta_cents }) => <Digits>{movedText(delta_cents)}</Digits> },
  { key: 'invoice', label: names.invoice, cell: (correction) => <OnInvoice {...correction} /> },
  { key: 'by', label: names.by, cell: ({ by }) => by ?? common.none },
  { key: 'reason', label: names.reason, cell: ({ reason }) => reason },
  { key: 'id', label: names.id, hidden: true, cell: ({ correction_id }) => correction_id },
];

export function Page() {
  const list = useListState(filterNames);
  const [made, setMade] = useState<Correction | null>(null);
  const customerId = allCorrectionsQuery.shape.customer_id.safeParse(list.filters['customer_id']).data;
  const corrections = useRead(
    listAllCorrections,
    { query: { page: list.page, limit: list.limit, ...(customerId === undefined ? {} : { customer_id: customerId }) } },
    { everyMs, keep: true },
  );
  return (
    <>
      <PageTitle title={consoleTexts.corrections} intro={texts.intro} />
      <PageSection className="tenantry-foreign">
        {made === null ? null : (
          <div role="status">
            <Alert
              isInline
              variant="success"
              title={texts.done(movedText(made.delta_cents))}
              actionClose={<AlertActionCloseButton onClose={() => setMade(null)} />}
            />
          </div>
        )}
        <List
          name="corrections"
          label={texts.label}
          columns={columns}
          idOf={({ correction_id }) => correction_id}
          state={{ ...list, filters: customerId === undefined ? {} : { customer_id: customerId } }}
          read={corrections}
          filters={<FilterLabels list={list} labels={texts.filters} />}
          actions={
            <ToolbarItem>
              <MakeCorrection key={customerId ?? ''} customerId={customerId ?? ''} onDone={setMade} />
            </ToolbarItem>
          }
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
