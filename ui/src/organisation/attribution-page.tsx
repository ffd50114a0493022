/** Whose a month's cost is, by the values of one label: everything adds up to the month's total. */
import { Content, Flex, FlexItem, PageSection, Stack, StackItem } from '@patternfly/react-core';
import { useSearchParams } from 'react-router';
import type { InputOf } from '../../../src/contracts/call.ts';
import type { Attribution } from '../../../src/contracts/organisation-billing.ts';
import { readAttribution, readBillingSummary } from '../../../src/contracts/routes/organisation-billing.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { FilterSelect } from '../list/filter-select.tsx';
import { useListState } from '../list/list-state.ts';
import { NothingYet } from '../list/no-rows.tsx';
import { moneyText } from '../money/money-text.ts';
import { Digits } from '../money/numbers.tsx';
import { PageLoading } from '../states/loading.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { organisationTexts } from '../texts/organisation.ts';
import { Time } from '../time/time.tsx';
import { centsOf, Dollars } from './dollars.tsx';
import { forOrganisation } from './for-organisation.tsx';
import { MonthSelect, useMonthQuery } from './month.tsx';
import { useOrganisation } from './organisation.tsx';
import { OrganisationHeader } from './organisation-header.tsx';
import { CompleteLabel } from './project-columns.tsx';
import { Section } from './section.tsx';
import { useLive } from './use-live.ts';

const texts = organisationTexts.attribution;
const noFilters: readonly string[] = [];

type MonthQuery = NonNullable<InputOf<typeof readBillingSummary>['query']>;

interface Part {
  id: string;
  value: string;
  /** Null where the part has no such amount. */
  own: number | null;
  shared: number | null;
  cost: number;
  percent: number;
  projects: readonly string[];
}

const columns: readonly Column<Part>[] = [
  { key: 'value', label: texts.value, cell: ({ value }) => <span className="tenantry-foreign">{value}</span> },
  { key: 'own', label: texts.own, cell: ({ own }) => <Dollars of={own} /> },
  { key: 'shared', label: texts.shared, cell: ({ shared }) => <Dollars of={shared} /> },
  { key: 'cost', label: organisationTexts.cost, cell: ({ cost }) => <Dollars of={cost} /> },
  {
    key: 'percent',
    label: organisationTexts.share,
    cell: ({ percent }) => <Digits>{organisationTexts.percent(percent)}</Digits>,
  },
  {
    key: 'projects',
    label: texts.projects,
    cell: ({ projects }) => <span className="tenantry-foreign">{projects.join(', ')}</span>,
  },
];

function partsOf({ shares, unlabelled, shared, total }: Attribution): Part[] {
  const percentOf = (cost: number) => (total === 0 ? 0 : (100 * cost) / total);
  const none = { own: null, shared: null };
  return [
    ...shares.map((share) => ({ ...share, id: `value ${share.value}` })),
    ...(unlabelled.cost === 0 && unlabelled.projects.length === 0
      ? []
      : [{ ...none, ...unlabelled, id: 'unlabelled', value: texts.unlabelled }]),
    ...(shared.left === 0
      ? []
      : [
          {
            ...none,
            id: 'left',
            value: texts.left,
            cost: shared.left,
            percent: percentOf(shared.left),
            projects: shared.projects,
          },
        ]),
    { ...none, id: 'total', value: organisationTexts.total, cost: total, percent: percentOf(total), projects: [] },
  ];
}

function Shares({ attribution }: { attribution: Attribution }) {
  const { shared, as_of, complete } = attribution;
  return (
    <Stack hasGutter>
      <Section
        title={texts.label}
        columns={columns}
        idOf={({ id }) => id}
        items={partsOf(attribution)}
        empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
      />
      {shared.projects.length === 0 ? null : (
        <StackItem>
          <Content component="p" className="tenantry-foreign">
            {texts.sharedCost(moneyText(centsOf(shared.cost)), shared.projects.join(', '))} {texts.rules[shared.rule]}
          </Content>
        </StackItem>
      )}
      <StackItem>
        {organisationTexts.asOf} <Time at={as_of} /> <CompleteLabel complete={complete} />
      </StackItem>
    </Stack>
  );
}

/** The keys that there are stand in the summary of the same month. */
function useKeys(query: MonthQuery, chosen: string | null) {
  const read = useRead(readBillingSummary, { query }, { keep: true });
  const keys = read.data?.data.by_label.map(({ key }) => `label:${key}`) ?? [];
  const by = chosen ?? keys.find((key) => key !== 'label:shared') ?? keys[0];
  return { read, by, options: by === undefined || keys.includes(by) ? keys : [by, ...keys] };
}

function AttributionOf({ by, query }: { by: string; query: MonthQuery }) {
  const read = useRead(readAttribution, { query: { ...query, by } }, { keep: true });
  return (
    <div className={read.isPlaceholderData ? 'tenantry-old' : ''}>
      <ReadPart read={read} loading={<PageLoading />}>
        {({ data }) => <Shares attribution={data} />}
      </ReadPart>
    </div>
  );
}

function AttributionOfMonth() {
  const organisation = useOrganisation();
  const isLive = useLive(organisation);
  const [address] = useSearchParams();
  const { set } = useListState(noFilters);
  const query = useMonthQuery();
  const { read, by, options } = useKeys(query, address.get('by'));
  return (
    <>
      <OrganisationHeader title={texts.title} intro={texts.intro} isLive={isLive} />
      <PageSection>
        <Stack hasGutter>
          <StackItem>
            <Flex>
              <FlexItem>
                <FilterSelect
                  label={texts.by}
                  value={by}
                  options={options.map((value) => ({ value, label: value.replace(/^label:/, '') }))}
                  onChange={(next) => set({ by: next })}
                />
              </FlexItem>
              <FlexItem>
                <MonthSelect shown={read.data?.data.month} />
              </FlexItem>
            </Flex>
          </StackItem>
          <StackItem>
            {by === undefined ? (
              <ReadPart read={read} loading={<PageLoading />}>
                {() => <NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
              </ReadPart>
            ) : (
              <AttributionOf by={by} query={query} />
            )}
          </StackItem>
        </Stack>
      </PageSection>
    </>
  );
}

export const Page = forOrganisation(AttributionOfMonth);
