/** Usage by day and by hour, as bars and, the same numbers, as a table; and its gaps. */
import { Content, PageSection, Skeleton, Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core';
import { lazy, Suspense } from 'react';
import { Link } from 'react-router';
import { readGaps, readUsage } from '../../../src/contracts/routes/usage-reads.ts';
import type { HistoryAnswer } from '../../../src/contracts/usage.ts';
import { useRead } from '../data/use-read.ts';
import { Facts } from '../list/facts.tsx';
import { FilterSelect } from '../list/filter-select.tsx';
import { quantityText } from '../money/quantity-text.ts';
import { PageTitle } from '../shell/page-title.tsx';
import { common } from '../texts/common.ts';
import { portalTexts } from '../texts/portal.ts';
import { usageAddress } from './addresses.ts';
import { useCustomer } from './customer.ts';
import { GapList } from './gap-list.tsx';
import { UsageRows } from './usage-rows.tsx';
import { amountOf, slotsOf } from './usage-slots.ts';
import { isUsageField, rowsMax, type UsageField, useUsageView } from './usage-view.ts';

const texts = portalTexts.usage;
const everyMs = 60_000;
const ranges = Object.entries(texts.ranges).map(([value, label]) => ({ value, label }));

const UsageChart = lazy(async () => ({ default: (await import('./usage-chart.tsx')).UsageChart }));

/** The quantities that somebody reported, in the order of their words. */
const reportedIn = (usage: HistoryAnswer | undefined): UsageField[] =>
  Object.keys(texts.fields)
    .filter(isUsageField)
    .filter((field) => usage?.totals[field] !== undefined);

function Totals({ usage, fields }: { usage: HistoryAnswer; fields: readonly UsageField[] }) {
  return (
    <>
      <Content component="h2">{texts.total}</Content>
      <Facts
        isHalf
        facts={fields.map((field) => [texts.fields[field], quantityText(amountOf(usage.totals, field) ?? 0)])}
      />
    </>
  );
}

/** The same range as a file, by the browser itself: the cookie goes with it. */
function fileAddress(customerId: string, query: Record<string, string | number>): string {
  const text = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]);
  return `${readUsage.path.replace(':customerId', customerId)}?${new URLSearchParams([...text, ['format', 'csv']])}`;
}

export function Page() {
  const params = useCustomer();
  const view = useUsageView();
  const { granularity, day, stretch } = view;
  const chosen = day !== null ? texts.oneDay(day) : stretch !== null ? texts.stretch(stretch.from, stretch.to) : null;
  const isByDay = granularity === 'day';
  const query = { ...view.query, granularity };
  const usage = useRead(readUsage, { params, query: { ...query, limit: rowsMax } }, { everyMs, keep: true });
  const gaps = useRead(readGaps, { params, query: view.query }, { everyMs, keep: true });
  const fields = reportedIn(usage.data);
  const field = view.field !== null && fields.includes(view.field) ? view.field : fields[0];
  return (
    <>
      <PageTitle title={portalTexts.titles.usage} intro={texts.intro} />
      <PageSection>
        <Toolbar>
          <ToolbarContent>
            <ToolbarItem>
              {chosen === null ? (
                <FilterSelect
                  label={texts.by}
                  value={view.range}
                  options={ranges}
                  onChange={(range) => view.set({ range })}
                />
              ) : (
                <Content component="h2">
                  {chosen} <Link to={usageAddress}>{texts.toDays}</Link>
                </Content>
              )}
            </ToolbarItem>
            {field === undefined ? null : (
              <ToolbarItem>
                <FilterSelect
                  label={texts.quantity}
                  value={field}
                  options={fields.map((value) => ({ value, label: texts.fields[value] }))}
                  onChange={(next) => view.set({ field: next })}
                />
              </ToolbarItem>
            )}
            <ToolbarItem>
              <a download href={fileAddress(params.customerId, query)}>
                {texts.csv}
              </a>
            </ToolbarItem>
          </ToolbarContent>
        </Toolbar>
        {usage.data !== undefined && field !== undefined ? (
          <Suspense fallback={<Skeleton height="15rem" screenreaderText={common.loading} />}>
            <UsageChart
              title={texts.fields[field]}
              slots={slotsOf(usage.data, gaps.data?.items ?? [], field)}
              isByDay={usage.data.granularity === 'day'}
            />
          </Suspense>
        ) : null}
        {usage.data !== undefined && fields.length > 0 ? <Totals usage={usage.data} fields={fields} /> : null}
        <UsageRows read={usage} fields={fields} isByDay={isByDay} />
      </PageSection>
      <PageSection>
        <GapList read={gaps} />
      </PageSection>
    </>
  );
}
