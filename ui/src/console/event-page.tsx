/** One event of Stripe: what became of it, and what was signed, as text. */
import { Alert, Card, CardBody, CardTitle, PageSection, Stack, StackItem } from '@patternfly/react-core';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import { listEvents, readEvent, replayEvent } from '../../../src/contracts/routes/webhooks.ts';
import { Deed } from '../confirm/deed.tsx';
import { Words } from '../confirm/words.tsx';
import { useRead } from '../data/use-read.ts';
import { type Fact, Facts } from '../list/facts.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { PageLoading } from '../states/loading.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { eventTexts as texts } from '../texts/console-stripe.ts';
import { Time } from '../time/time.tsx';
import { webhooksAddress } from './addresses.ts';
import { EventLabel } from './status-labels.tsx';
import { SubjectLink } from './subject-link.tsx';

const names = texts.columns;
const changes = [readEvent, listEvents];
const everyMs = 5_000;
/** In these it can be processed again. */
const replayable = ['ignored', 'failed', 'dead'];

type Event = AnswerTo<typeof readEvent>;

const typeAddress = (type: string): string => `${webhooksAddress}?${new URLSearchParams({ type })}`;

const factsOf = (event: Event): Fact[] => [
  [
    names.type,
    <Link key="t" to={typeAddress(event.type)}>
      {event.type}
    </Link>,
  ],
  [names.state, <EventLabel key="s" state={event.state} />],
  [names.customer, <SubjectLink key="c" id={event.customer_id} />],
  [names.object, event.object_id],
  [names.attempts, event.attempts],
  [names.fetchSeq, event.fetch_seq],
  [names.received, <Time key="r" at={event.received_at} />],
  [names.processed, <Time key="p" at={event.processed_at} />],
  [names.event, event.event_id],
];

function Replay({ event, onDone }: { event: Event; onDone: () => void }) {
  if (!replayable.includes(event.state)) return null;
  return (
    <Deed
      route={replayEvent}
      label={texts.replay.label}
      title={texts.replay.title}
      what={<Words of={texts.replay.what} />}
      input={() => ({ params: { eventId: event.event_id }, body: {} })}
      changes={changes}
      onDone={onDone}
    />
  );
}

export function Page() {
  const { eventId = '' } = useParams();
  const read = useRead(readEvent, { params: { eventId } }, { everyMs });
  const [isReplayed, setReplayed] = useState(false);
  return (
    <>
      <PageTitle
        title={read.data?.type ?? eventId}
        above={{ label: texts.toList, to: webhooksAddress, here: eventId }}
        actions={read.data === undefined ? null : <Replay event={read.data} onDone={() => setReplayed(true)} />}
      />
      <PageSection>
        <ReadPart read={read} loading={<PageLoading />}>
          {(event) => (
            <Stack hasGutter>
              {isReplayed ? (
                <div role="status">
                  <Alert isInline variant="info" title={texts.replay.done} />
                </div>
              ) : null}
              <StackItem>
                <Facts facts={factsOf(event)} label={texts.facts} />
              </StackItem>
              {event.error === null ? null : (
                <StackItem>
                  <Alert isInline variant="danger" title={event.error.code}>
                    <p className="tenantry-foreign">{event.error.message}</p>
                  </Alert>
                </StackItem>
              )}
              <StackItem>
                <Card>
                  <CardTitle component="h2">{texts.payload}</CardTitle>
                  <CardBody>
                    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
                    <section className="tenantry-payload" aria-label={texts.payload} tabIndex={0}>
                      {JSON.stringify(event.payload, null, 2)}
                    </section>
                  </CardBody>
                </Card>
              </StackItem>
            </Stack>
          )}
        </ReadPart>
      </PageSection>
    </>
  );
}
