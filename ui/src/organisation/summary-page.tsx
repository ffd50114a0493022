/** One month: in total, beside the month before, by project, meter and label. */
import { Card, CardBody, Content, PageSection, Stack, StackItem } from '@patternfly/react-core';
import { Link } from 'react-router';
import type { Summary } from '../../../src/contracts/organisation-billing.ts';
import { readBillingSummary } from '../../../src/contracts/routes/organisation-billing.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { Facts } from '../list/facts.tsx';
import { NothingYet } from '../list/no-rows.tsx';
import { moneyText } from '../money/money-text.ts';
import { Digits } from '../money/numbers.tsx';
import { PageLoading } from '../states/loading.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { organisationTexts } from '../texts/organisation.ts';
import { Time } from '../time/time.tsx';
import { projectAddress } from './addresses.ts';
import { centsOf, Dollars } from './dollars.tsx';
import { forOrganisation } from './for-organisation.tsx';
import { MonthSelect, useMonthQuery } from './month.tsx';
import { type ShownOrganisation, useOrganisation } from './organisation.tsx';
import { OrganisationHeader } from './organisation-header.tsx';
import { CompleteLabel } from './project-columns.tsx';
import { Section } from './section.tsx';
import { splitsOf } from './splits.ts';
import { Trends } from './trends.tsx';
import { useLive } from './use-live.ts';

const texts = organisationTexts.summary;
const quantityForm = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

type OfProject = Summary['by_project'][number];
type OfMeter = Summary['by_meter'][number];
type OfLabel = Summary['by_label'][number];

const cost = <Item extends { cost: number }>(): Column<Item> => ({
  key: 'cost',
  label: organisationTexts.cost,
  cell: ({ cost: of }) => <Dollars of={of} />,
});

const projectColumns = (to: ShownOrganisation['to']): readonly Column<OfProject>[] => [
  {
    key: 'namespace',
    label: organisationTexts.projects.namespace,
    cell: ({ namespace, cluster_id }) => (
      <Link to={to(projectAddress(namespace), { cluster: cluster_id })} className="tenantry-foreign">
        {namespace}
      </Link>
    ),
  },
  { key: 'cluster', label: organisationTexts.projects.cluster, cell: ({ cluster_id }) => cluster_id },
  cost(),
];

const meterColumns: readonly Column<OfMeter>[] = [
  {
    key: 'meter',
    label: texts.meter,
    cell: ({ description }) => <span className="tenantry-foreign">{description}</span>,
  },
  {
    key: 'quantity',
    label: texts.quantity,
    cell: ({ quantity, unit }) => <Digits>{texts.amountOf(quantityForm.format(quantity), unit)}</Digits>,
  },
  cost(),
];

interface OfValue {
  value: string;
  cost: number;
  projects: number | null;
  isValue: boolean;
}

const valueColumns: readonly Column<OfValue>[] = [
  { key: 'value', label: texts.value, cell: ({ value }) => <span className="tenantry-foreign">{value}</span> },
  { key: 'projects', label: texts.projects, cell: ({ projects }) => projects ?? '' },
  cost(),
];

const valuesOf = ({ values, unlabelled }: OfLabel): OfValue[] => [
  ...values.map((one) => ({ ...one, isValue: true })),
  { value: texts.unlabelled, cost: unlabelled, projects: null, isValue: false },
];

const factsOf = ({ total, change, previous, as_of, complete }: Summary) => {
  const sign = change.amount > 0 ? '+' : '';
  const percent = change.percent === null ? null : sign + organisationTexts.percent(change.percent);
  return [
    [organisationTexts.total, <Dollars key="v" of={total} />],
    [texts.change, texts.changed(sign + moneyText(centsOf(change.amount)), percent)],
    [texts.previousTotal(previous.month), <Dollars key="v" of={previous.total} />],
    [texts.previous(previous.month), <Time key="v" at={previous.until} />],
    [organisationTexts.asOf, <Time key="v" at={as_of} />],
    [organisationTexts.complete, <CompleteLabel key="v" complete={complete} />],
  ] as const;
};

function Figures({ summary }: { summary: Summary }) {
  const { to } = useOrganisation();
  const nothing = <NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>;
  return (
    <Stack hasGutter>
      <StackItem>
        <Card>
          <CardBody>
            <Facts label={texts.label} facts={factsOf(summary)} />
          </CardBody>
        </Card>
      </StackItem>
      <Section
        title={texts.byProject}
        columns={projectColumns(to)}
        idOf={({ namespace, cluster_id }) => `${cluster_id}/${namespace}`}
        items={summary.by_project}
        empty={nothing}
      />
      <Section
        title={texts.byMeter}
        columns={meterColumns}
        idOf={({ meter }) => meter}
        items={summary.by_meter}
        empty={nothing}
      />
      {summary.by_label.length === 0 ? (
        <StackItem>
          <Content component="p">{texts.noLabels}</Content>
        </StackItem>
      ) : null}
      {summary.by_label.map((label) => (
        <Section
          key={label.key}
          title={texts.byLabel(label.key)}
          columns={valueColumns}
          idOf={({ value, isValue }) => `${isValue} ${value}`}
          items={valuesOf(label)}
          empty={nothing}
        />
      ))}
    </Stack>
  );
}

function SummaryOfMonth() {
  const organisation = useOrganisation();
  const isLive = useLive(organisation);
  const read = useRead(readBillingSummary, { query: useMonthQuery() }, { keep: true });
  const summary = read.data?.data;
  return (
    <>
      <OrganisationHeader title={texts.title} isLive={isLive} />
      <PageSection>
        <Stack hasGutter>
          <StackItem>
            <MonthSelect shown={summary?.month} />
          </StackItem>
          <StackItem className={read.isPlaceholderData ? 'tenantry-old' : ''}>
            <ReadPart read={read} loading={<PageLoading />}>
              {({ data }) => <Figures summary={data} />}
            </ReadPart>
          </StackItem>
          {summary === undefined ? null : (
            <StackItem>
              <Trends query={organisation.query} splits={splitsOf(summary)} />
            </StackItem>
          )}
        </Stack>
      </PageSection>
    </>
  );
}

export const Page = forOrganisation(SummaryOfMonth);
