/** Where our rows and Stripe differ: found, mended with a look before, or let be. */
import { Alert, AlertActionCloseButton, Content, PageSection, ToolbarItem } from '@patternfly/react-core';
import { useState } from 'react';
import { type DriftView, driftQuery } from '../../../src/contracts/drift.ts';
import { fixDrift, listDrift, runDrift } from '../../../src/contracts/routes/drift.ts';
import { Deed } from '../confirm/deed.tsx';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { ListFilter } from '../list/list-filter.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { useMay } from '../session/session.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { consoleTexts } from '../texts/console.ts';
import { optionsOf } from '../texts/console-customers.ts';
import { driftTexts as texts } from '../texts/console-stripe.ts';
import { Time } from '../time/time.tsx';
import { DriftActions } from './drift-actions.tsx';
import { SubjectLink } from './subject-link.tsx';

const filterNames = ['open', 'kind'] as const;
const opens = optionsOf(texts.opens);
const kinds = optionsOf(texts.kinds);
const names = texts.columns;
const changes = [listDrift];
const everyMs = 10_000;

const columns: readonly Column<DriftView>[] = [
  { key: 'kind', label: texts.kind, cell: ({ kind }) => texts.kinds[kind] },
  { key: 'side', label: texts.side, hidden: true, cell: ({ side }) => texts.sides[side] },
  { key: 'object', label: names.object, always: true, cell: ({ object_id }) => <SubjectLink id={object_id} /> },
  { key: 'customer', label: names.customer, cell: ({ customer_id }) => <SubjectLink id={customer_id} /> },
  { key: 'expected', label: names.expected, cell: ({ expected }) => expected },
  { key: 'found', label: names.found, cell: ({ found }) => found },
  { key: 'since', label: names.since, cell: ({ since }) => <Time at={since} /> },
  { key: 'fix', label: names.fix, cell: ({ fix }) => fix ?? texts.byHand },
  { key: 'id', label: names.id, hidden: true, cell: ({ drift_id }) => drift_id },
];
const doing: Column<DriftView> = {
  key: 'actions',
  label: names.actions,
  always: true,
  cell: (drift) => <DriftActions drift={drift} />,
};

export function Page() {
  const list = useListState(filterNames);
  const mayCall = useMay();
  const [run, setRun] = useState<string | null>(null);
  const open = driftQuery.shape.open.safeParse(list.filters['open'] ?? undefined).data ?? 'true';
  const kind = driftQuery.shape.kind.safeParse(list.filters['kind']).data;
  const query = { open, page: list.page, limit: list.limit, ...(kind === undefined ? {} : { kind }) };
  const drift = useRead(listDrift, { query }, { everyMs, keep: true });
  const last = drift.data?.last_run;
  return (
    <>
      <PageTitle title={consoleTexts.drift} intro={texts.intro} />
      <PageSection className="tenantry-foreign">
        {run === null ? null : (
          <div role="status">
            <Alert
              isInline
              variant="info"
              title={texts.run.begun(run)}
              actionClose={<AlertActionCloseButton onClose={() => setRun(null)} />}
            />
          </div>
        )}
        {last === undefined ? null : (
          <Content component="p">
            {last === null ? (
              texts.neverRun
            ) : (
              <>
                {texts.lastRun(last.compared, last.found)} <Time at={last.finished_at} />
              </>
            )}
          </Content>
        )}
        <List
          name="drift"
          label={texts.label}
          columns={open === 'true' && mayCall(fixDrift) ? [...columns, doing] : columns}
          idOf={({ drift_id }) => drift_id}
          state={{ ...list, filters: kind === undefined ? {} : { kind } }}
          read={drift}
          filters={
            <>
              <ListFilter list={list} name="open" label={texts.which} value={open} options={opens} />
              <ListFilter list={list} name="kind" label={texts.kind} all={texts.anyKind} value={kind} options={kinds} />
            </>
          }
          actions={
            <ToolbarItem>
              <Deed
                route={runDrift}
                label={texts.run.label}
                title={texts.run.title}
                what={<Words of={texts.run.what} />}
                input={() => ({ body: {} })}
                changes={changes}
                onDone={({ run_id }) => setRun(run_id)}
              />
            </ToolbarItem>
          }
          empty={
            <NothingYet title={texts.emptyTitle}>{open === 'true' ? texts.empty.open : texts.empty.other}</NothingYet>
          }
        />
      </PageSection>
    </>
  );
}
