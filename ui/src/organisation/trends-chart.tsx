/** Costs over time as stacked bars. Loaded when it is shown: charts are as large as half of the app. */
import { Chart, ChartAxis, ChartBar, ChartStack } from '@patternfly/react-charts/victory';
import { moneyText } from '../money/money-text.ts';
import { organisationTexts } from '../texts/organisation.ts';
import type { DrawnTrends } from './chart-series.ts';

const texts = organisationTexts.trends;
const ticks = 6;
const nameCharsMax = 18;

/** The part of an instant that tells points of that length apart. */
const shownParts = { hour: [5, 16], day: [0, 10], month: [0, 7] } as const;

const short = (name: string): string => (name.length > nameCharsMax ? `${name.slice(0, nameCharsMax - 1)}…` : name);

export function TrendsChart({ trends: { granularity, starts, series } }: { trends: DrawnTrends }) {
  const every = Math.ceil(starts.length / ticks);
  return (
    <div className="tenantry-chart">
      <Chart
        ariaTitle={texts.chart}
        name="organisation-trends"
        height={300}
        width={900}
        padding={{ left: 80, right: 200, top: 20, bottom: 50 }}
        legendData={series.map(({ name }) => ({ name: short(name) }))}
        legendOrientation="vertical"
        legendPosition="right"
        domainPadding={{ x: 10 }}
      >
        <ChartAxis
          tickValues={starts.filter((_, n) => n % every === 0)}
          tickFormat={(start: string) => start.slice(...shownParts[granularity]).replace('T', ' ')}
        />
        <ChartAxis dependentAxis showGrid tickFormat={(cents: number) => moneyText(cents)} />
        <ChartStack>
          {series.map(({ id, cents }) => (
            <ChartBar key={id} data={starts.map((start, n) => ({ x: start, y: cents[n] ?? 0 }))} />
          ))}
        </ChartStack>
      </Chart>
    </div>
  );
}
