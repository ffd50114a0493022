/** Dead letters: by cause, and one by one. */
import { Divider, PageSection } from '@patternfly/react-core';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import { deadLettersQuery } from '../../../src/contracts/queue.ts';
import {
  dropDeadLetter,
  listDeadLetters,
  readDeadLetterGroups,
  replayDeadLetter,
} from '../../../src/contracts/routes/dead-letters.ts';
import { Deed } from '../confirm/deed.tsx';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { ListFilter } from '../list/list-filter.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { common } from '../texts/common.ts';
import { queueTexts } from '../texts/queue.ts';
import { Time } from '../time/time.tsx';
import { BatchProgress } from './batch-progress.tsx';
import { LetterGroups } from './letter-groups.tsx';
import { QueueHeader } from './queue-header.tsx';
import { fullLookEveryMs } from './use-changes.ts';

const texts = queueTexts.letters;
type Letter = AnswerTo<typeof listDeadLetters>['items'][number];
const changes = [listDeadLetters, readDeadLetterGroups];
const filterNames = ['state', 'code'] as const;

const LetterActions = ({ id }: Letter) => (
  <>
    <Deed
      route={replayDeadLetter}
      label={texts.replay}
      title={texts.replayTitle}
      what={<p>{texts.replayWhat}</p>}
      variant="link"
      input={() => ({ params: { id }, body: {} })}
      changes={changes}
    />
    <Deed
      route={dropDeadLetter}
      label={texts.drop}
      title={texts.dropTitle}
      what={<p>{texts.dropWhat}</p>}
      reason="needed"
      variant="link"
      isDangerous
      input={(reason = '') => ({ params: { id }, body: { reason } })}
      changes={changes}
    />
  </>
);

const columns: readonly Column<Letter>[] = [
  {
    key: 'company',
    label: texts.company,
    always: true,
    cell: ({ company_name }) => <span className="tenantry-foreign">{company_name ?? common.none}</span>,
  },
  { key: 'code', label: texts.code, cell: ({ code }) => code },
  {
    key: 'message',
    label: queueTexts.detail.message,
    cell: ({ message }) => <span className="tenantry-foreign">{message}</span>,
  },
  { key: 'queue', label: texts.queue, hidden: true, cell: ({ queue }) => queue },
  { key: 'id', label: texts.id, hidden: true, cell: ({ id }) => <span className="tenantry-foreign">{id}</span> },
  { key: 'created', label: texts.created, cell: ({ created_at }) => <Time at={created_at} /> },
  {
    key: 'replayed',
    label: texts.replayed,
    cell: (letter) => (letter.replayed_at === null ? <LetterActions {...letter} /> : <Time at={letter.replayed_at} />),
  },
];

export function Page() {
  const list = useListState(filterNames);
  const state = deadLettersQuery.shape.state.safeParse(list.filters['state']).data;
  const code = list.filters['code'];
  const letters = useRead(
    listDeadLetters,
    {
      query: {
        page: list.page,
        limit: list.limit,
        ...(list.q === '' ? {} : { q: list.q }),
        ...(state === undefined ? {} : { state }),
        ...(code === undefined ? {} : { code }),
      },
    },
    { everyMs: fullLookEveryMs, keep: true },
  );
  return (
    <>
      <QueueHeader title={texts.title} intro={texts.intro} />
      <PageSection>
        <BatchProgress />
        <LetterGroups />
        <Divider />
        <List
          name="dead-letters"
          label={texts.listLabel}
          columns={columns}
          idOf={({ id }) => id}
          state={list}
          read={letters}
          searchLabel={texts.searchLabel}
          filters={
            <ListFilter
              list={list}
              name="state"
              label={texts.state}
              all={texts.allStates}
              value={state}
              options={[
                { value: 'open', label: texts.open },
                { value: 'replayed', label: texts.replayed },
              ]}
            />
          }
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
