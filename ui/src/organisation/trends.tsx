/** Costs over time: as bars and, the same numbers, as a table. What is asked for stands in the address. */
import { Content, Flex, FlexItem, Skeleton } from '@patternfly/react-core';
import { lazy, Suspense } from 'react';
import { useSearchParams } from 'react-router';
import type { InputOf } from '../../../src/contracts/call.ts';
import { readBillingTrends } from '../../../src/contracts/routes/organisation-billing.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { FilterSelect } from '../list/filter-select.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { PlainList } from '../list/plain-list.tsx';
import { moneyText } from '../money/money-text.ts';
import { Amount, Digits } from '../money/numbers.tsx';
import { common } from '../texts/common.ts';
import { organisationTexts } from '../texts/organisation.ts';
import { Time } from '../time/time.tsx';
import { type DrawnTrends, drawn } from './chart-series.ts';
import { queryOfRange, rangeOf, rangeOptions } from './months.ts';
import { CompleteLabel } from './project-columns.tsx';
import type { Split } from './splits.ts';

const texts = organisationTexts.trends;
const noFilters: readonly string[] = [];

const TrendsChart = lazy(async () => ({ default: (await import('./trends-chart.tsx')).TrendsChart }));

type Query = NonNullable<InputOf<typeof readBillingTrends>['query']>;

const cents = (of: number | undefined) => <Amount cents={of ?? 0} />;

/** Rows are points, by their place. */
const columnsOf = (trends: DrawnTrends): readonly Column<number>[] => [
  { key: 'start', label: texts.start, cell: (n) => <Time at={trends.starts[n] ?? null} /> },
  ...trends.series.map(({ id, name, cents: of }) => ({
    key: id,
    label: name,
    isForeign: true as const,
    cell: (n: number) => cents(of[n]),
  })),
  { key: 'total', label: organisationTexts.total, cell: (n) => cents(trends.totals[n]) },
  {
    key: 'complete',
    label: organisationTexts.complete,
    cell: (n) => <CompleteLabel complete={trends.complete[n] ?? true} />,
  },
];

export interface TrendsProps {
  /** Whose costs. */
  query: Omit<Query, 'by' | 'from' | 'to' | 'granularity'>;
  /** What they may be split by, the first unless the address says another. */
  splits: readonly Split[];
}

export function Trends({ query, splits }: TrendsProps) {
  const [address] = useSearchParams();
  const { set } = useListState(noFilters);
  const range = rangeOf(address.get('range'));
  const by = (splits.find(({ value }) => value === address.get('by')) ?? splits[0])?.value ?? 'meter';
  const read = useRead(
    readBillingTrends,
    { query: { ...query, by, ...queryOfRange(range, Date.now()) } },
    { keep: true },
  );
  const trends = read.data === undefined ? undefined : drawn(read.data.data);
  const places = trends?.starts.map((_, n) => n).filter((n) => trends.totals[n] !== 0 || !trends.complete[n]);
  return (
    <section aria-label={texts.title} className={read.isPlaceholderData ? 'tenantry-old' : ''}>
      <Content component="h2">{texts.title}</Content>
      <Flex>
        <FlexItem>
          <FilterSelect
            label={texts.range}
            value={range}
            options={rangeOptions}
            onChange={(next) => set({ range: next })}
          />
        </FlexItem>
        {splits.length < 2 ? null : (
          <FlexItem>
            <FilterSelect label={texts.by} value={by} options={splits} onChange={(next) => set({ by: next })} />
          </FlexItem>
        )}
        <FlexItem>
          {read.data === undefined ? null : (
            <Digits>
              {organisationTexts.total}: {moneyText(trends?.totals.reduce((sum, one) => sum + one, 0) ?? 0)}
            </Digits>
          )}
        </FlexItem>
      </Flex>
      {trends === undefined || trends.series.length === 0 ? null : (
        <Suspense fallback={<Skeleton height="18rem" screenreaderText={common.loading} />}>
          <TrendsChart trends={trends} />
        </Suspense>
      )}
      <PlainList
        label={texts.label}
        columns={columnsOf(trends ?? nothing)}
        idOf={String}
        read={{ ...read, data: places?.toReversed() }}
        empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
      />
    </section>
  );
}

const nothing: DrawnTrends = { granularity: 'day', starts: [], series: [], totals: [], complete: [] };
