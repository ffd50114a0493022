/** Every billing period, and what was used outside of them. */
import { Content, List, ListItem } from '@patternfly/react-core';
import { Link } from 'react-router';
import type { PeriodList } from '../../../src/contracts/periods.ts';
import type { Column } from '../list/columns.ts';
import { type ListRead, List as PagedList } from '../list/list.tsx';
import type { ListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { portalTexts } from '../texts/portal.ts';
import { Time } from '../time/time.tsx';
import { costOfPeriod, invoiceAddress, usageOfPeriod } from './addresses.ts';

const texts = portalTexts.cost.periods;
type Period = PeriodList['items'][number];

function Invoice({ invoiceable, invoice_id: id }: Period) {
  if (id !== null) return <Link to={invoiceAddress(id)}>{texts.toInvoice}</Link>;
  return <>{invoiceable ? texts.notYet : texts.never}</>;
}

/** What is missing stands among the usage of the period. */
const Complete = ({ complete, start, end }: Period) =>
  complete ? texts.whole : <Link to={usageOfPeriod({ start, end })}>{texts.gaps}</Link>;

const columns: readonly Column<Period>[] = [
  { key: 'start', label: texts.start, always: true, cell: ({ start }) => <Time at={start} /> },
  { key: 'end', label: texts.end, cell: ({ end }) => <Time at={end} /> },
  { key: 'kind', label: texts.kind, cell: ({ kind }) => texts.kinds[kind] },
  {
    key: 'plan',
    label: texts.plan,
    cell: ({ plan, plan_version }) => <span className="tenantry-foreign">{`${plan} ${plan_version}`}</span>,
  },
  { key: 'state', label: texts.state, cell: ({ state }) => texts.states[state] },
  { key: 'complete', label: texts.complete, cell: (period) => <Complete {...period} /> },
  {
    key: 'invoice',
    label: texts.invoice,
    cell: (period) => <Invoice {...period} />,
  },
  {
    key: 'open',
    label: portalTexts.titles.cost,
    cell: ({ start }) => <Link to={costOfPeriod(start)}>{texts.open}</Link>,
  },
];

export interface PeriodsProps {
  state: ListState;
  read: Omit<ListRead<Period>, 'data'> & { data: PeriodList | undefined };
}

export function Periods({ state, read }: PeriodsProps) {
  const unbilled = read.data?.unbilled ?? [];
  return (
    <>
      <PagedList
        name="periods"
        label={texts.label}
        columns={columns}
        idOf={({ start }) => start}
        state={state}
        read={read}
        empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
      />
      {unbilled.length === 0 ? null : (
        <>
          <Content component="h3">{texts.unbilled}</Content>
          <List>
            {unbilled.map(({ start, end, windows }) => (
              <ListItem key={start}>
                <Time at={start} /> – <Time at={end} /> ({texts.unbilledItem(windows)})
              </ListItem>
            ))}
          </List>
        </>
      )}
    </>
  );
}
