/** A billing period of a customer, rated: its lines with their why, what it comes to, and where the running one ends. */
import { Alert, Card, CardBody, Stack, StackItem } from '@patternfly/react-core';
import { useSearchParams } from 'react-router';
import type { CostAnswer, CostLine, ForecastAnswer } from '../../../src/contracts/cost.ts';
import { readCost, readForecast } from '../../../src/contracts/routes/costs.ts';
import { listPeriods } from '../../../src/contracts/routes/periods.ts';
import { useRead } from '../data/use-read.ts';
import type { Column } from '../list/columns.ts';
import { type Fact, Facts } from '../list/facts.tsx';
import { FilterSelect } from '../list/filter-select.tsx';
import { NothingYet } from '../list/no-rows.tsx';
import { PlainList } from '../list/plain-list.tsx';
import { moneyText } from '../money/money-text.ts';
import { Amount, Digits } from '../money/numbers.tsx';
import { ReadPart } from '../states/read-part.tsx';
import { consoleTexts } from '../texts/console.ts';
import { costTexts as texts } from '../texts/console-customer-parts.ts';
import { Time } from '../time/time.tsx';

const names = texts.columns;
const limit = 100;

const columns: readonly Column<CostLine>[] = [
  { key: 'description', label: names.description, cell: ({ description }) => description },
  {
    key: 'quantity',
    label: names.quantity,
    cell: ({ quantity, unit }) => <Digits>{texts.quantity(quantity, unit)}</Digits>,
  },
  { key: 'included', label: names.included, cell: ({ included }) => <Digits>{included}</Digits> },
  { key: 'billable', label: names.billable, cell: ({ billable }) => <Digits>{billable}</Digits> },
  {
    key: 'price',
    label: names.price,
    cell: ({ unit_price, unit }) => <Digits>{texts.price(unit_price, unit)}</Digits>,
  },
  { key: 'amount', label: names.amount, cell: ({ amount_cents }) => <Amount cents={amount_cents} /> },
  { key: 'reason', label: names.reason, cell: ({ reason }) => reason },
  { key: 'from', label: names.from, cell: ({ from }) => <Time at={from} /> },
  { key: 'to', label: names.to, cell: ({ to }) => <Time at={to} /> },
];

const yesOrNo = (is: boolean) => (is ? consoleTexts.yes : consoleTexts.no);

const factsOf = (cost: CostAnswer, forecast: ForecastAnswer | undefined): Fact[] => [
  [texts.facts.total, <Amount key="a" cents={cost.total_cents} />],
  [
    texts.facts.period,
    <span key="p">
      <Time at={cost.period.start} /> – <Time at={cost.period.end} />
    </span>,
  ],
  [texts.facts.kind, texts.kinds[cost.kind]],
  [texts.facts.plan, cost.plan],
  [texts.facts.complete, yesOrNo(cost.complete)],
  [texts.facts.invoiceable, yesOrNo(cost.invoiceable)],
  ...(forecast === undefined || forecast.method === 'none'
    ? []
    : ([
        [texts.facts.forecast, <Amount key="f" cents={forecast.total_cents} />],
        [texts.facts.range, texts.to(moneyText(forecast.low_cents), moneyText(forecast.high_cents))],
      ] as const)),
];

/** The periods that there are, newest first; the running one needs no name in the address. */
function usePeriods(customerId: string): { value: string; label: string }[] {
  const { data } = useRead(listPeriods, { params: { customerId }, query: { limit } });
  const ended = (data?.items ?? []).filter(({ state }) => state !== 'open');
  return ended.map(({ start, end, kind }) => ({
    value: start,
    label: `${texts.to(start.slice(0, 10), end.slice(0, 10))}, ${texts.kinds[kind]}`,
  }));
}

export function Cost({ customerId }: { customerId: string }) {
  const [query, setQuery] = useSearchParams();
  const period = query.get('period');
  const periods = usePeriods(customerId);
  const params = { customerId };
  const cost = useRead(readCost, { params, query: period === null ? {} : { period } }, { keep: true });
  const forecast = useRead(readForecast, { params }, { enabled: period === null });
  const choose = (next: string) =>
    setQuery((before) => {
      const after = new URLSearchParams(before);
      if (next === '') after.delete('period');
      else after.set('period', next);
      return after;
    });
  return (
    <Stack hasGutter>
      <StackItem>
        <FilterSelect
          label={texts.period}
          all={texts.running}
          value={period ?? undefined}
          options={periods}
          onChange={choose}
        />
      </StackItem>
      <StackItem>
        <ReadPart read={cost}>
          {(answer) => (
            <Stack hasGutter>
              <StackItem>
                <Card>
                  <CardBody>
                    {answer.note === null ? null : <Alert isInline isPlain variant="info" title={answer.note} />}
                    <Facts facts={factsOf(answer, period === null ? forecast.data : undefined)} />
                  </CardBody>
                </Card>
              </StackItem>
              <StackItem className="tenantry-foreign">
                <PlainList
                  label={texts.label}
                  columns={columns}
                  idOf={({ line_id }) => line_id}
                  read={{ ...cost, error: null, data: answer.lines }}
                  empty={<NothingYet title={texts.emptyTitle}>{texts.empty}</NothingYet>}
                />
              </StackItem>
            </Stack>
          )}
        </ReadPart>
      </StackItem>
    </Stack>
  );
}
