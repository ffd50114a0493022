/** Usage against allowances, as the pages have it of the API's cost lines. */
import { describe, expect, it } from 'vitest';
import type { CostLine } from '../../../src/contracts/cost.ts';
import { toCostLine } from '../../../src/pricing/cost-line.ts';
import { allowancesOf } from '../../../ui/src/portal/allowances.ts';
import { dayMs, gb, hourMs, large, rateOf, small, smallApp, start, stretch } from './versions.ts';

const period = { start, end: start + 30 * dayMs };
type Rated = ReturnType<typeof rateOf>;
const linesOf = (rated: Rated): CostLine[] => rated.lines.map((line) => toCostLine(line, period));
const useOf = (rated: Rated, key: string) => allowancesOf(linesOf(rated)).find((use) => use.key === key);

describe('usage against allowances', () => {
  it('has the size that the line says, within and above', () => {
    const rated = rateOf([stretch(small, 0, 30, { cpu_core_ms: 360 * hourMs, ingress_requests: 1_500_000 })]);
    expect(useOf(rated, 'cpu_core_ms')).toMatchObject({ used: 360, size: 720, billable: 0, isPeak: false });
    expect(useOf(rated, 'ingress_requests')).toMatchObject({ used: 1_500_000, size: 1_000_000, billable: 500_000 });
  });

  it('adds up what two meters take of one allowance', () => {
    const rated = rateOf([stretch(small, 0, 30, { network_sent_bytes: 90 * gb, network_received_bytes: 60 * gb })]);
    expect(useOf(rated, 'network_bytes')).toMatchObject({ used: 150, size: 100, billable: 50 });
  });

  it('is without limit where the plan includes everything, and leaves the fee out', () => {
    const rated = rateOf([stretch(large, 0, 30, { cpu_core_ms: 5 * hourMs })]);
    expect(useOf(rated, 'cpu_core_ms')).toMatchObject({ used: 5, size: null, billable: 0 });
    expect(useOf(rated, 'base_fee')).toBeUndefined();
  });

  it('of a level has the highest hour, and what the plan includes of it', () => {
    const rated = rateOf([stretch(smallApp, 0, 30, { device_peak: 14 })]);
    expect(useOf(rated, 'device_peak')).toMatchObject({ used: 14, size: 10, billable: 4, isPeak: true });
  });

  it('nothing included is a size of none', () => {
    const rated = rateOf([stretch(small, 0, 30, { cpu_core_ms: hourMs }, { allowances: { cpu_core_ms: '0' } })]);
    expect(useOf(rated, 'cpu_core_ms')).toMatchObject({ used: 1, size: 0, billable: 1 });
  });
});
