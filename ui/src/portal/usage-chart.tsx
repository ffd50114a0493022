/** Usage by day or hour as bars, slots with gaps marked. Loaded when it is shown: charts are as large as half of the app. */
import { Chart, ChartAxis, ChartBar, ChartScatter } from '@patternfly/react-charts/victory';
import { quantityText } from '../money/quantity-text.ts';
import { portalTexts } from '../texts/portal.ts';
import { utcText } from '../time/time-text.ts';
import type { Slot } from './usage-slots.ts';

const texts = portalTexts.usage;
const ticks = 6;
const markSize = 5;

export interface UsageChartProps {
  title: string;
  slots: readonly Slot[];
  isByDay: boolean;
}

export function UsageChart({ title, slots, isByDay }: UsageChartProps) {
  const labelOf = ({ start }: Slot) => (isByDay ? utcText(start).slice(5, 10) : utcText(start).slice(5, 16));
  const every = Math.ceil(slots.length / ticks);
  const marks = slots.flatMap((slot, x) => (slot.hasGap ? [{ x, y: 0 }] : []));
  return (
    <div className="tenantry-chart">
      <Chart
        ariaTitle={texts.chart(title)}
        name="usage"
        height={240}
        width={900}
        padding={{ left: 80, right: 20, top: 20, bottom: 60 }}
        legendData={[{ name: title }, { name: texts.gap, symbol: { type: 'diamond' } }]}
        legendPosition="bottom"
        domainPadding={{ x: 10 }}
        minDomain={{ y: 0 }}
      >
        <ChartAxis
          tickValues={slots.flatMap((_, x) => (x % every === 0 ? [x] : []))}
          tickFormat={(x: number) => {
            const slot = slots[x];
            return slot === undefined ? '' : labelOf(slot);
          }}
        />
        <ChartAxis dependentAxis showGrid tickFormat={(value: number) => quantityText(value)} />
        <ChartBar data={slots.map(({ value }, x) => ({ x, y: value ?? 0 }))} />
        {marks.length === 0 ? null : <ChartScatter data={marks} symbol={() => 'diamond'} size={markSize} />}
      </Chart>
    </div>
  );
}
