/** Jobs that ended, hour by hour, as bars. Loaded when it is shown: charts are as large as half of the app. */
import { Chart, ChartAxis, ChartBar, ChartStack } from '@patternfly/react-charts/victory';
import type { QueueHistory } from '../../../src/contracts/queue.ts';
import { queueTexts } from '../texts/queue.ts';

const texts = queueTexts.history;
const ticks = 6;

export function HistoryChart({ hours }: { hours: QueueHistory }) {
  const bars = (name: 'done' | 'failed') => hours.map((hour) => ({ x: hour.hour, y: hour[name] }));
  const every = Math.ceil(hours.length / ticks);
  return (
    <div className="tenantry-chart">
      <Chart
        ariaTitle={texts.label}
        name="queue-history"
        height={220}
        width={900}
        padding={{ left: 60, right: 20, top: 20, bottom: 60 }}
        legendData={[{ name: texts.done }, { name: texts.failed }]}
        legendPosition="bottom"
        domainPadding={{ x: 10 }}
      >
        <ChartAxis
          tickValues={hours.filter((_, n) => n % every === 0).map(({ hour }) => hour)}
          tickFormat={(hour: string) => hour.slice(5, 16).replace('T', ' ')}
        />
        <ChartAxis dependentAxis showGrid tickFormat={(count: number) => (Number.isInteger(count) ? count : '')} />
        <ChartStack>
          <ChartBar data={bars('done')} />
          <ChartBar data={bars('failed')} />
        </ChartStack>
      </Chart>
    </div>
  );
}
