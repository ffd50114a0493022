/** What a customer used, by day or window, and the gaps of those days. */
import { Card, CardBody, CardTitle, Label, Stack, StackItem } from '@patternfly/react-core';
import { Link } from 'react-router';
import { readUsage } from '../../../src/contracts/routes/usage-reads.ts';
import type { HistoryAnswer } from '../../../src/contracts/usage.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { type Fact, Facts } from '../list/facts.tsx';
import { List } from '../list/list.tsx';
import { ListFilter } from '../list/list-filter.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { Quantity } from '../money/numbers.tsx';
import { correctionTexts } from '../texts/console-corrections.ts';
import { usageTexts as texts } from '../texts/console-customer-parts.ts';
import { optionsOf } from '../texts/console-customers.ts';
import { Time } from '../time/time.tsx';
import { lengthText } from '../time/time-text.ts';
import { correctionsOfCustomer } from './addresses.ts';
import { Gaps } from './customer-gaps.tsx';

const names = texts.columns;
const granularities = optionsOf(texts.granularity);
const ranges = optionsOf(texts.days);
const daysOtherwise = '30';
const filterNames = ['days', 'by'] as const;

type Row = HistoryAnswer['items'][number];
const bytesOfGb = 2 ** 30;
const inGb = (bytes: number | undefined) => (bytes === undefined ? undefined : bytes / bytesOfGb);

function Seen({ complete, gap_seconds }: Row) {
  if (complete && gap_seconds === 0) return <>{texts.whole}</>;
  const what = gap_seconds === 0 ? texts.notWhole : texts.unseen(lengthText(gap_seconds * 1000));
  return (
    <Label isCompact variant="outline" status="warning">
      {what}
    </Label>
  );
}

const columns: readonly Column<Row>[] = [
  { key: 'end', label: names.end, always: true, cell: ({ window_end }) => <Time at={window_end} /> },
  { key: 'namespace', label: names.namespace, cell: ({ namespace }) => namespace },
  { key: 'instance', label: names.instance, hidden: true, cell: ({ instance_id }) => instance_id },
  { key: 'cpu', label: names.cpu, cell: ({ cpu_hours }) => <Quantity of={cpu_hours} /> },
  { key: 'memory', label: names.memory, cell: ({ memory_gb_hours }) => <Quantity of={memory_gb_hours} /> },
  { key: 'storage', label: names.storage, cell: ({ storage_used_gb }) => <Quantity of={storage_used_gb} /> },
  { key: 'sent', label: names.sent, cell: ({ network_bytes_sent }) => <Quantity of={inGb(network_bytes_sent)} /> },
  {
    key: 'received',
    label: names.received,
    cell: ({ network_bytes_received }) => <Quantity of={inGb(network_bytes_received)} />,
  },
  { key: 'requests', label: names.requests, cell: ({ http_requests }) => <Quantity of={http_requests} /> },
  { key: 'seen', label: names.seen, cell: (row) => <Seen {...row} /> },
];

const totalsOf = ({ totals }: HistoryAnswer): Fact[] => [
  [names.cpu, <Quantity key="c" of={totals.cpu_hours} />],
  [names.memory, <Quantity key="m" of={totals.memory_gb_hours} />],
  [names.sent, <Quantity key="s" of={inGb(totals.network_bytes_sent)} />],
  [names.received, <Quantity key="r" of={inGb(totals.network_bytes_received)} />],
  [names.requests, <Quantity key="h" of={totals.http_requests} />],
];

export function Usage({ customerId }: { customerId: string }) {
  const list = useListState(filterNames);
  const days = ranges.find(({ value }) => value === list.filters['days'])?.value ?? daysOtherwise;
  const granularity = list.filters['by'] === 'window' ? 'window' : 'day';
  const usage = useRead(
    readUsage,
    { params: { customerId }, query: { days, granularity, page: list.page, limit: list.limit } },
    { keep: true },
  );
  return (
    <Stack hasGutter>
      {usage.data === undefined ? null : (
        <StackItem>
          <Card>
            <CardTitle component="h2">{texts.totals}</CardTitle>
            <CardBody>
              <Facts facts={totalsOf(usage.data)} />
            </CardBody>
          </Card>
        </StackItem>
      )}
      <StackItem>
        <List
          name="usage"
          label={texts.label}
          columns={columns}
          idOf={({ window_start, window_end, namespace, instance_id }) =>
            [window_start, window_end, namespace, instance_id].join(' ')
          }
          state={{ ...list, filters: {} }}
          read={usage}
          filters={
            <>
              <ListFilter list={list} name="days" label={texts.range} value={days} options={ranges} />
              <ListFilter list={list} name="by" label={texts.by} value={granularity} options={granularities} />
            </>
          }
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </StackItem>
      <StackItem>
        <Link to={correctionsOfCustomer(customerId)}>{correctionTexts.toCorrections}</Link>
      </StackItem>
      <StackItem>
        <Gaps customerId={customerId} days={days} />
      </StackItem>
    </Stack>
  );
}
