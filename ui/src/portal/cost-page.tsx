/** What a billing period costs, line by line with its why; and all periods. */
import { Content, Divider, PageSection } from '@patternfly/react-core';
import { costQuery } from '../../../src/contracts/cost.ts';
import type { PeriodList } from '../../../src/contracts/periods.ts';
import { readCost } from '../../../src/contracts/routes/costs.ts';
import { listPeriods } from '../../../src/contracts/routes/periods.ts';
import { together } from '../data/together.ts';
import { useRead } from '../data/use-read.ts';
import { FilterSelect } from '../list/filter-select.tsx';
import { useListState } from '../list/list-state.ts';
import { PageTitle } from '../shell/page-title.tsx';
import { common } from '../texts/common.ts';
import { portalTexts } from '../texts/portal.ts';
import { utcText } from '../time/time-text.ts';
import { CostLines } from './cost-lines.tsx';
import { CostNotes } from './cost-so-far.tsx';
import { useCustomer } from './customer.ts';
import { Periods } from './periods.tsx';

const texts = portalTexts.cost;
const filterNames = ['period'] as const;

/** It stands there from the beginning, so that nothing is pushed when the periods come. */
const notYet = { value: '', label: common.loading };

const dayOf = (at: string): string => utcText(Date.parse(at)).slice(0, 10);

const optionOf = ({ start, end, state }: PeriodList['items'][number]) => ({
  value: start,
  label: (state === 'open' ? texts.running : texts.past)(dayOf(start), dayOf(end)),
});

export function Page() {
  const params = useCustomer();
  const list = useListState(filterNames);
  const asked = costQuery.shape.period.safeParse(list.filters['period']).data;
  const costRead = useRead(readCost, { params, query: asked === undefined ? {} : { period: asked } }, { keep: true });
  const periodsRead = useRead(listPeriods, { params, query: { page: list.page, limit: list.limit } }, { keep: true });
  const cost = together(costRead, periodsRead);
  const periods = together(periodsRead, costRead);
  const known = (periods.data?.items ?? []).map(optionOf);
  const shown = cost.data?.period;
  // The one that is shown may stand on another page of the list, or be over without a next one.
  const options =
    shown === undefined || known.some(({ value }) => value === shown.start)
      ? known
      : [{ value: shown.start, label: texts.past(dayOf(shown.start), dayOf(shown.end)) }, ...known];
  const isRunning = periods.data?.items.some(({ start, state }) => start === shown?.start && state === 'open') ?? false;
  return (
    <>
      <PageTitle title={portalTexts.titles.cost} intro={texts.intro} />
      <PageSection>
        <FilterSelect
          label={texts.period}
          value={asked === undefined || asked === 'previous' ? shown?.start : asked}
          options={options.length === 0 ? [notYet] : options}
          onChange={(period) => list.set({ period })}
        />
        <CostLines read={cost} isRunning={isRunning} />
        {cost.data === undefined ? null : <CostNotes cost={cost.data} />}
      </PageSection>
      <Divider />
      <PageSection>
        <Content component="h2">{texts.periods.title}</Content>
        <Periods state={{ ...list, filters: {} }} read={periods} />
      </PageSection>
    </>
  );
}
