/** What the queue did, hour by hour, and how long it took: as bars and, the same numbers, as a table. */
import { PageSection, Skeleton } from '@patternfly/react-core';
import { lazy, Suspense } from 'react';
import { useSearchParams } from 'react-router';
import type { QueueHistory } from '../../../src/contracts/queue.ts';
import { readQueueHistory } from '../../../src/contracts/routes/queue.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { FilterSelect } from '../list/filter-select.tsx';
import { NothingYet } from '../list/no-rows.tsx';
import { PlainList } from '../list/plain-list.tsx';
import { Digits } from '../money/numbers.tsx';
import { common } from '../texts/common.ts';
import { queueTexts } from '../texts/queue.ts';
import { Time } from '../time/time.tsx';
import { lengthText } from '../time/time-text.ts';
import { QueueHeader } from './queue-header.tsx';

const texts = queueTexts.history;
const ranges = Object.entries(texts.hours).map(([value, label]) => ({ value, label }));
const everyMs = 60_000;

const HistoryChart = lazy(async () => ({ default: (await import('./history-chart.tsx')).HistoryChart }));

type Hour = QueueHistory[number];
const lengthOf = (ms: number | null) => (ms === null ? common.none : lengthText(ms));
const columns: readonly Column<Hour>[] = [
  { key: 'hour', label: texts.hour, cell: ({ hour }) => <Time at={hour} /> },
  { key: 'done', label: texts.done, cell: ({ done }) => <Digits>{done}</Digits> },
  { key: 'failed', label: texts.failed, cell: ({ failed }) => <Digits>{failed}</Digits> },
  { key: 'median', label: texts.median, cell: ({ p50_ms }) => lengthOf(p50_ms) },
  { key: 'slow', label: texts.slow, cell: ({ p95_ms }) => lengthOf(p95_ms) },
];

export function Page() {
  const [query, setQuery] = useSearchParams();
  const range = ranges.find(({ value }) => value === query.get('hours'))?.value ?? '24';
  const history = useRead(readQueueHistory, { query: { hours: Number(range) } }, { everyMs, keep: true });
  const ended = history.data?.filter(({ done, failed }) => done + failed > 0);
  return (
    <>
      <QueueHeader title={texts.title} />
      <PageSection>
        <FilterSelect label={texts.range} value={range} options={ranges} onChange={(hours) => setQuery({ hours })} />
        {history.data && ended && ended.length > 0 ? (
          <Suspense fallback={<Skeleton height="14rem" screenreaderText={common.loading} />}>
            <HistoryChart hours={history.data} />
          </Suspense>
        ) : null}
        <PlainList
          label={texts.label}
          columns={columns}
          idOf={({ hour }) => hour}
          read={{ ...history, data: ended?.toReversed() }}
          empty={<NothingYet title={queueTexts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
