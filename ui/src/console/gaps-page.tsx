/** What is missing of everybody's usage of the last days, customer by customer. */
import { Content, List as Items, ListItem, PageSection } from '@patternfly/react-core';
import { Link } from 'react-router';
import type { AllGapsAnswer } from '../../../src/contracts/all-gaps.ts';
import { listGaps } from '../../../src/contracts/routes/usage-admin.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { List } from '../list/list.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { Digits } from '../money/numbers.tsx';
import { PageTitle } from '../shell/page-title.tsx';
import { common } from '../texts/common.ts';
import { consoleTexts } from '../texts/console.ts';
import { usageTexts } from '../texts/console-customer-parts.ts';
import { gapsTexts as texts } from '../texts/console-operations.ts';
import { Time } from '../time/time.tsx';
import { usageOfCustomer } from './addresses.ts';

const filterNames = [] as const;
/** The API reads the gaps of so many customers at once at most. */
const sizes = [20, 10] as const;
const everyMs = 60_000;
const { reasons } = usageTexts.gaps;

type OfCustomer = AllGapsAnswer['items'][number];

/** The newest ones; older ones stand on the customer's page. */
function Newest({ gaps, more }: OfCustomer) {
  if (gaps.length === 0) return common.none;
  return (
    <Items isPlain>
      {gaps.toReversed().map(({ namespace, instance_id, from, to, windows, reason }) => (
        <ListItem key={`${namespace} ${instance_id} ${from} ${reason}`}>
          <Time at={from} /> – <Time at={to} /> {texts.gap(namespace, windows, reasons[reason])}
        </ListItem>
      ))}
      {more === 0 ? null : <ListItem>{texts.more(more)}</ListItem>}
    </Items>
  );
}

const columns: readonly Column<OfCustomer>[] = [
  {
    key: 'company',
    label: texts.columns.company,
    always: true,
    cell: ({ customer_id, company_name }) => <Link to={usageOfCustomer(customer_id)}>{company_name}</Link>,
  },
  { key: 'missing', label: reasons.missing, cell: ({ windows }) => <Digits>{windows.missing}</Digits> },
  { key: 'unavailable', label: reasons.unavailable, cell: ({ windows }) => <Digits>{windows.unavailable}</Digits> },
  { key: 'partial', label: reasons.partial, cell: ({ windows }) => <Digits>{windows.partial}</Digits> },
  { key: 'newest', label: texts.columns.newest, cell: (one) => <Newest {...one} /> },
];

export function Page() {
  const list = useListState(filterNames, sizes);
  const gaps = useRead(listGaps, { query: { page: list.page, limit: list.limit } }, { everyMs, keep: true });
  return (
    <>
      <PageTitle title={consoleTexts.gaps} intro={texts.intro} />
      <PageSection className="tenantry-foreign">
        {gaps.data === undefined ? null : (
          <Content component="p">
            <Time at={gaps.data.from} /> – <Time at={gaps.data.to} />
          </Content>
        )}
        <List
          name="gaps"
          label={texts.label}
          columns={columns}
          idOf={({ customer_id }) => customer_id}
          state={list}
          read={gaps}
          empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
        />
      </PageSection>
    </>
  );
}
