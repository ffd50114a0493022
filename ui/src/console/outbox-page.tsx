/** What must leave the system; what was refused is sent again or given up. */
import { ActionList, ActionListItem, PageSection } from '@patternfly/react-core';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import { outboxQuery } from '../../../src/contracts/outbox.ts';
import { dropOutboxRow, listOutbox, retryOutboxRow } from '../../../src/contracts/routes/outbox.ts';
import { Deed } from '../confirm/deed.tsx';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { ListFilter } from '../list/list-filter.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { Digits } from '../money/numbers.tsx';
import { useMay } from '../session/session.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { common } from '../texts/common.ts';
import { consoleTexts } from '../texts/console.ts';
import { optionsOf } from '../texts/console-customers.ts';
import { outboxTexts as texts } from '../texts/console-operations.ts';
import { Time } from '../time/time.tsx';
import { SubjectLink } from './subject-link.tsx';

const filterNames = ['state'] as const;
const states = optionsOf(texts.states);
const names = texts.columns;
const changes = [listOutbox];
const everyMs = 10_000;

type Row = AnswerTo<typeof listOutbox>['items'][number];

const columns: readonly Column<Row>[] = [
  { key: 'kind', label: names.kind, always: true, cell: ({ kind }) => kind },
  { key: 'subject', label: names.subject, cell: ({ subject }) => <SubjectLink id={subject} /> },
  { key: 'state', label: names.state, cell: ({ state }) => texts.states[state] },
  {
    key: 'attempts',
    label: names.attempts,
    cell: ({ attempts }) => <Digits>{attempts}</Digits>,
  },
  { key: 'error', label: names.error, cell: ({ last_error }) => last_error ?? common.none },
  { key: 'created', label: names.created, cell: ({ created_at }) => <Time at={created_at} /> },
  { key: 'sent', label: names.sent, hidden: true, cell: ({ sent_at }) => <Time at={sent_at} /> },
  { key: 'next', label: names.next, hidden: true, cell: ({ next_at }) => <Time at={next_at} /> },
];

function RowActions({ row }: { row: Row }) {
  const params = { outboxId: row.outbox_id };
  return (
    <ActionList>
      <ActionListItem>
        <Deed
          route={retryOutboxRow}
          label={texts.retry.label}
          title={texts.retry.title}
          what={<Words of={texts.retry.what} />}
          reason="needed"
          input={(reason = '') => ({ params, body: { reason } })}
          changes={changes}
        />
      </ActionListItem>
      <ActionListItem>
        <Deed
          route={dropOutboxRow}
          label={texts.drop.label}
          title={texts.drop.title}
          what={<Words of={texts.drop.what} />}
          reason="needed"
          isDangerous
          input={(reason = '') => ({ params, body: { reason } })}
          changes={changes}
        />
      </ActionListItem>
    </ActionList>
  );
}

const doing: Column<Row> = {
  key: 'actions',
  label: names.actions,
  always: true,
  cell: (row) => <RowActions row={row} />,
};

export function Page() {
  const list = useListState(filterNames);
  const mayCall = useMay();
  const state = outboxQuery.shape.state.safeParse(list.filters['state']).data ?? 'never';
  const rows = useRead(listOutbox, { query: { state, page: list.page, limit: list.limit } }, { everyMs, keep: true });
  const mayDecide = state === 'never' && mayCall(retryOutboxRow);
  return (
    <>
      <PageTitle title={consoleTexts.outbox} intro={texts.intro} />
      <PageSection className="tenantry-foreign">
        <List
          name="outbox"
          label={texts.label}
          columns={mayDecide ? [...columns, doing] : columns}
          idOf={({ outbox_id }) => outbox_id}
          state={{ ...list, filters: {} }}
          read={rows}
          filters={<ListFilter list={list} name="state" label={texts.state} value={state} options={states} />}
          empty={
            <NothingYet title={texts.emptyTitle}>
              {state === 'never' ? texts.empty.refused : texts.empty.other}
            </NothingYet>
          }
        />
      </PageSection>
    </>
  );
}
