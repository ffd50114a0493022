/** What Stripe has told us: found by state, type, customer and words; given up ones are processed again, missing ones asked for. */
import { PageSection, ToolbarItem } from '@patternfly/react-core';
import { useState } from 'react';
import { Link } from 'react-router';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import { catchUpEvents, listEvents, replayEvents } from '../../../src/contracts/routes/webhooks.ts';
import { eventsQuery } from '../../../src/contracts/webhooks.ts';
import { Deed } from '../confirm/deed.tsx';
import { LineField } from '../confirm/fields.tsx';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { FilterLabels } from '../list/filter-labels.tsx';
import { List } from '../list/list.tsx';
import { ListFilter } from '../list/list-filter.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { Digits } from '../money/numbers.tsx';
import { BatchProgress, useShowBatch } from '../queue/batch-progress.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { common } from '../texts/common.ts';
import { consoleTexts } from '../texts/console.ts';
import { optionsOf } from '../texts/console-customers.ts';
import { eventTexts as texts } from '../texts/console-stripe.ts';
import { Time } from '../time/time.tsx';
import { eventAddress } from './addresses.ts';
import { EventLabel } from './status-labels.tsx';
import { SubjectLink } from './subject-link.tsx';

const filterNames = ['state', 'type', 'customer_id'] as const;
const states = optionsOf(texts.states);
const names = texts.columns;
const changes = [listEvents];
const everyMs = 10_000;

type Row = AnswerTo<typeof listEvents>['items'][number];

const columns: readonly Column<Row>[] = [
  {
    key: 'type',
    label: names.type,
    always: true,
    cell: ({ event_id, type }) => <Link to={eventAddress(event_id)}>{type}</Link>,
  },
  { key: 'state', label: names.state, cell: ({ state }) => <EventLabel state={state} /> },
  { key: 'customer', label: names.customer, cell: ({ customer_id }) => <SubjectLink id={customer_id} /> },
  { key: 'object', label: names.object, cell: ({ object_id }) => object_id ?? common.none },
  { key: 'attempts', label: names.attempts, cell: ({ attempts }) => <Digits>{attempts}</Digits> },
  { key: 'error', label: names.error, cell: ({ error }) => error?.code ?? common.none },
  { key: 'received', label: names.received, cell: ({ received_at }) => <Time at={received_at} /> },
  { key: 'processed', label: names.processed, hidden: true, cell: ({ processed_at }) => <Time at={processed_at} /> },
  { key: 'event', label: names.event, hidden: true, cell: ({ event_id }) => event_id },
];

function CatchUp() {
  const show = useShowBatch();
  const [day, setDay] = useState('');
  return (
    <Deed
      route={catchUpEvents}
      label={texts.catchUp.label}
      title={texts.catchUp.title}
      what={
        <>
          <Words of={texts.catchUp.what} />
          <LineField label={texts.catchUp.from} type="date" isNeeded={false} value={day} onChange={setDay} />
        </>
      }
      input={() => ({ body: day === '' ? {} : { from: `${day}T00:00:00.000Z` } })}
      changes={changes}
      onDone={show}
    />
  );
}

function ReplayDead() {
  const show = useShowBatch();
  return (
    <Deed
      route={replayEvents}
      label={texts.replayDead.label}
      title={texts.replayDead.title}
      what={<Words of={texts.replayDead.what} />}
      input={() => ({ body: { state: 'dead' as const } })}
      changes={changes}
      onDone={show}
    />
  );
}

export function Page() {
  const list = useListState(filterNames);
  const { shape } = eventsQuery;
  const state = shape.state.safeParse(list.filters['state']).data;
  const type = shape.type.safeParse(list.filters['type']).data;
  const customerId = shape.customer_id.safeParse(list.filters['customer_id']).data;
  const events = useRead(
    listEvents,
    {
      query: {
        page: list.page,
        limit: list.limit,
        ...(list.q === '' ? {} : { q: list.q }),
        ...(state === undefined ? {} : { state }),
        ...(type === undefined ? {} : { type }),
        ...(customerId === undefined ? {} : { customer_id: customerId }),
      },
    },
    { everyMs, keep: true },
  );
  return (
    <>
      <PageTitle title={consoleTexts.events} intro={texts.intro} />
      <PageSection className="tenantry-foreign">
        <BatchProgress />
        <List
          name="events"
          label={texts.label}
          columns={columns}
          idOf={({ event_id }) => event_id}
          state={list}
          read={events}
          searchLabel={texts.search}
          filters={
            <>
              <ListFilter
                list={list}
                name="state"
                label={texts.state}
                all={texts.anyState}
                value={state}
                options={states}
              />
              <FilterLabels list={list} labels={texts.filters} />
            </>
          }
          actions={
            <>
              <ToolbarItem>
                <ReplayDead />
              </ToolbarItem>
              <ToolbarItem>
                <CatchUp />
              </ToolbarItem>
            </>
          }
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
