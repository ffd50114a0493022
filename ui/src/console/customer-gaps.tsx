/** Windows that nobody reported or that were not seen whole, and what of them. */
import { Card, CardBody, CardTitle } from '@patternfly/react-core';
import { readGaps } from '../../../src/contracts/routes/usage-reads.ts';
import type { GapsAnswer } from '../../../src/contracts/usage.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { PlainList } from '../list/plain-list.tsx';
import { Digits } from '../money/numbers.tsx';
import { usageTexts } from '../texts/console-customer-parts.ts';
import { Time } from '../time/time.tsx';
import { lengthText } from '../time/time-text.ts';

const texts = usageTexts.gaps;
const names = texts.columns;
const limit = 100;

type Gap = GapsAnswer['items'][number];

const columns: readonly Column<Gap>[] = [
  { key: 'from', label: names.from, cell: ({ from }) => <Time at={from} /> },
  { key: 'to', label: names.to, cell: ({ to }) => <Time at={to} /> },
  { key: 'windows', label: names.windows, cell: ({ windows }) => <Digits>{windows}</Digits> },
  { key: 'namespace', label: names.namespace, cell: ({ namespace }) => namespace },
  { key: 'reason', label: names.reason, cell: ({ reason }) => texts.reasons[reason] },
  {
    key: 'details',
    label: names.details,
    cell: ({ details }) => (
      <ul>
        {details.map(({ field, thing, reason, from, seconds }) => (
          <li key={[field, thing, reason, from].join(' ')} className="tenantry-foreign">
            {texts.detail(field, thing, reason, lengthText(seconds * 1000))}
          </li>
        ))}
      </ul>
    ),
  },
];

export function Gaps({ customerId, days }: { customerId: string; days: string }) {
  const gaps = useRead(readGaps, { params: { customerId }, query: { days, limit } }, { keep: true });
  const { data } = gaps;
  return (
    <Card>
      <CardTitle component="h2">{texts.title}</CardTitle>
      <CardBody>
        {data && data.total > data.items.length ? <p>{texts.intro(data.items.length, data.total)}</p> : null}
        <PlainList
          label={texts.label}
          columns={columns}
          idOf={({ namespace, instance_id, from, reason }) => [namespace, instance_id, from, reason].join(' ')}
          read={{ ...gaps, data: data?.items }}
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </CardBody>
    </Card>
  );
}
