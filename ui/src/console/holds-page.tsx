/** Lines of invoices that wait for a person: released or rejected, one by one or several at once. */
import { Alert, AlertActionCloseButton, PageSection } from '@patternfly/react-core';
import { useState } from 'react';
import { type HeldLineView, holdsQuery } from '../../../src/contracts/invoices.ts';
import { listHolds, releaseHold } from '../../../src/contracts/routes/invoices.ts';
import { useRead } from '../data/use-read.ts';
import { FilterLabels } from '../list/filter-labels.tsx';
import { List } from '../list/list.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { useSelection } from '../list/selection.ts';
import { useMay } from '../session/session.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { consoleTexts } from '../texts/console.ts';
import { holdTexts as texts } from '../texts/console-invoices.ts';
import { ChosenHolds, holdDoing } from './hold-actions.tsx';
import { allHeldColumns } from './hold-columns.tsx';
import type { Decided } from './hold-decisions.ts';

const filterNames = ['customer_id', 'invoice_id'] as const;
const everyMs = 30_000;
const labelOf = ({ line, customer_id, invoice_id }: HeldLineView) =>
  texts.select(line.description, customer_id, invoice_id);

/** What was decided, and what was refused and why. */
function Result({ decided: { decision, done, refused }, onClose }: { decided: Decided; onClose: () => void }) {
  const said = [texts.results[decision](done), ...(refused.length === 0 ? [] : [texts.refused(refused.length)])];
  return (
    <div role="status">
      <Alert
        isInline
        variant={refused.length === 0 ? 'success' : 'warning'}
        title={said.join(', ')}
        actionClose={<AlertActionCloseButton onClose={onClose} />}
      >
        {refused.length === 0 ? null : (
          <ul>
            {refused.map(({ id, line, why }) => (
              <li key={id}>{texts.refusedOne(line, why)}</li>
            ))}
          </ul>
        )}
      </Alert>
    </div>
  );
}

export function Page() {
  const list = useListState(filterNames);
  const mayDecide = useMay()(releaseHold);
  const customerId = holdsQuery.shape.customer_id.safeParse(list.filters['customer_id']).data;
  const invoiceId = holdsQuery.shape.invoice_id.safeParse(list.filters['invoice_id']).data;
  const whose = {
    ...(customerId === undefined ? {} : { customer_id: customerId }),
    ...(invoiceId === undefined ? {} : { invoice_id: invoiceId }),
  };
  const selection = useSelection<HeldLineView>(labelOf);
  const [decided, setDecided] = useState<Decided | null>(null);
  const holds = useRead(
    listHolds,
    { query: { page: list.page, limit: list.limit, ...whose } },
    { everyMs, keep: true },
  );
  return (
    <>
      <PageTitle title={consoleTexts.holds} intro={texts.intro} />
      <PageSection className="tenantry-foreign">
        {decided === null ? null : <Result decided={decided} onClose={() => setDecided(null)} />}
        <List
          name="holds"
          label={texts.label}
          columns={mayDecide ? [...allHeldColumns, holdDoing] : allHeldColumns}
          idOf={({ hold_id }) => hold_id}
          state={{ ...list, filters: whose }}
          filters={<FilterLabels list={list} labels={texts.filters} />}
          read={holds}
          {...(mayDecide ? { selection } : {})}
          actions={<ChosenHolds selection={selection} onDecided={setDecided} />}
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
