/** Usage as a table: a row a day or hour of a namespace, a column a quantity that was reported. */
import { Content } from '@patternfly/react-core';
import { Link } from 'react-router';
import type { HistoryAnswer } from '../../../src/contracts/usage.ts';
import type { Column } from '../list/columns.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { PlainList } from '../list/plain-list.tsx';
import { Quantity } from '../money/numbers.tsx';
import type { PartRead } from '../states/read-part.tsx';
import { portalTexts } from '../texts/portal.ts';
import { Time } from '../time/time.tsx';
import { lengthText } from '../time/time-text.ts';
import { hoursOfDay } from './addresses.ts';
import { amountOf, type UsageRow } from './usage-slots.ts';
import type { UsageField } from './usage-view.ts';

const texts = portalTexts.usage;
const secondMs = 1000;

const wholeOf = ({ complete, gap_seconds }: UsageRow): string =>
  complete ? texts.isWhole : gap_seconds > 0 ? texts.missing(lengthText(gap_seconds * secondMs)) : texts.notWhole;

const timeColumn = (isByDay: boolean): Column<UsageRow> =>
  isByDay
    ? {
        key: 'day',
        label: texts.day,
        cell: ({ window_start }) => {
          const day = window_start.slice(0, 10);
          return <Link to={hoursOfDay(day)}>{day}</Link>;
        },
      }
    : { key: 'hour', label: texts.hour, cell: ({ window_end }) => <Time at={window_end} /> };

const fieldColumn = (field: UsageField): Column<UsageRow> => ({
  key: field,
  label: texts.fields[field],
  cell: (row) => {
    const value = amountOf(row, field);
    return <Quantity of={value} />;
  },
});

export interface UsageRowsProps {
  read: PartRead<HistoryAnswer>;
  /** Those that were reported. */
  fields: readonly UsageField[];
  isByDay: boolean;
}

export function UsageRows({ read, fields, isByDay }: UsageRowsProps) {
  const columns: readonly Column<UsageRow>[] = [
    timeColumn(isByDay),
    ...fields.map(fieldColumn),
    {
      key: 'namespace',
      label: texts.namespace,
      cell: ({ namespace }) => <span className="tenantry-foreign">{namespace}</span>,
    },
    { key: 'whole', label: texts.whole, cell: wholeOf },
  ];
  const { data } = read;
  return (
    <>
      <PlainList
        label={texts.label}
        columns={columns}
        idOf={({ window_end, namespace, instance_id }) => `${window_end} ${namespace} ${instance_id}`}
        read={{ ...read, data: data?.items }}
        empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
      />
      {data !== undefined && data.total > data.items.length ? (
        <Content component="small">{texts.more(data.items.length, data.total)}</Content>
      ) : null}
    </>
  );
}
