import { describe, expect, it } from 'vitest';
import type { Rated } from '../../../src/pricing/rate.ts';
import { toCostLine } from '../../../src/pricing/cost-line.ts';
import { dayMs, gb, hourMs, large, middle, rateOf, small, smallApp, start, stretch, version } from './versions.ts';

const period = { start, end: start + 30 * dayMs };
const wireOf = (rated: Rated, meter: string) =>
  rated.lines.filter((line) => line.meter === meter).map((line) => toCostLine(line, period));
const reasons = (rated: Rated, meter: string) => wireOf(rated, meter).map((line) => line.reason);

describe('a line on the wire', () => {
  it('has decimals of nine places that add up, its times and its identity', () => {
    const rated = rateOf([stretch(small, 0, 30, { network_sent_bytes: 100 * gb + 1, network_received_bytes: gb / 3 })]);
    const [line] = wireOf(rated, 'network_sent_bytes');
    expect(line).toMatchObject({
      line_id: 'network_sent_bytes/-/2026-11-01T00:00:00.000Z',
      from: '2026-11-01T00:00:00.000Z',
      to: '2026-12-01T00:00:00.000Z',
      quantity: '100.000000001',
      included: '99.667774086',
      billable: '0.332225915',
      unit_price: '0.1',
    });
  });

  it('says in people’s words from when to when a fee counts, and which share that is', () => {
    expect(reasons(rateOf([stretch(small, 0, 30)]), 'base_fee')).toEqual(['for the whole period']);
    expect(reasons(rateOf([stretch(small, 0, 7.5), stretch(middle, 7.5, 30)]), 'base_fee')).toEqual([
      'from 2026-11-01 00:00 to 2026-11-08 12:00 UTC, 7 days 12 h of 30 days',
      'from 2026-11-08 12:00 to 2026-12-01 00:00 UTC, 22 days 12 h of 30 days',
    ]);
    expect(reasons(rateOf([stretch(small, 0, 30)], 'trial'), 'base_fee')).toEqual(['a trial has no fee']);
    const yearly = { ...small, interval: 'year' as const };
    expect(reasons(rateOf([stretch(yearly, 0, 30)]), 'base_fee')).toEqual(['invoiced once a year, apart from usage']);
  });

  it('says which allowance there is and where its other half went', () => {
    const rated = rateOf([stretch(small, 0, 30, { network_sent_bytes: 90 * gb, network_received_bytes: 60 * gb })]);
    expect(reasons(rated, 'network_sent_bytes')).toEqual([
      'above 100 GB included; 40 GB of it used by Network received',
    ]);
    expect(reasons(rated, 'network_received_bytes')).toEqual([
      'above 100 GB included; 60 GB of it used by Network sent',
    ]);
    expect(reasons(rated, 'cpu_core_ms')).toEqual(['within 720 core-hours included']);
  });

  it('names the allowance that it draws on, with its size, for programs', () => {
    const rated = rateOf([stretch(small, 0, 30, { network_sent_bytes: 90 * gb, vm_s: 3600 })]);
    const allowanceOf = (of: Rated, meter: string) => wireOf(of, meter)[0]?.allowance;
    expect(allowanceOf(rated, 'network_sent_bytes')).toEqual({ name: 'network_bytes', size: '100', peak: null });
    expect(allowanceOf(rated, 'base_fee')).toBeNull();
    expect(allowanceOf(rated, 'vm_s')).toBeNull();
    expect(allowanceOf(rateOf([stretch(large, 0, 30)]), 'cpu_core_ms')).toMatchObject({ size: null });
    const held = rateOf([stretch(smallApp, 0, 30, { device_peak: 14 })]);
    expect(allowanceOf(held, 'device_peak')).toEqual({ name: 'device_peak', size: '10', peak: '14' });
  });

  it('says the price of many units where a unit’s cannot be read; the unit’s stays exact', () => {
    const [line] = wireOf(rateOf([stretch(small, 0, 30, { ingress_requests: 2_500_000 })]), 'ingress_requests');
    expect(line).toMatchObject({
      unit_price: '0.0000005',
      reason: 'above 1,000,000 requests included; $0.50 per 1,000,000 requests',
    });
    expect(reasons(rateOf([stretch(smallApp, 0, 30)]), 'api_calls')).toEqual([
      'within 100,000 calls included; $0.50 per 1,000 calls',
    ]);
  });

  it('says what is the customer’s own, and what is not billed', () => {
    const own = { allowances: { cpu_core_ms: null, memory_mib_s: '0' }, prices: { memory_mib_s: '0.02' } };
    const rated = rateOf([stretch(small, 0, 30, { vm_s: 3600, memory_mib_s: 3_686_400 }, own)]);
    expect(reasons(rated, 'cpu_core_ms')).toEqual(['everything is included, your own allowance']);
    expect(reasons(rated, 'memory_mib_s')).toEqual(['nothing is included, your own allowance; your own price']);
    expect(reasons(rated, 'vm_s')).toEqual(['shown, not billed']);
    expect(reasons(rateOf([stretch(large, 0, 30)]), 'cpu_core_ms')).toEqual(['everything is included in the plan']);
  });

  it('says what was used without limit', () => {
    const rated = rateOf([
      stretch(large, 0, 15, { network_sent_bytes: 5000 * gb }),
      stretch(small, 15, 30, { network_sent_bytes: 110 * gb }),
    ]);
    expect(reasons(rated, 'network_sent_bytes')).toEqual([
      'above 100 GB included; 5,000 GB used under a plan without limit',
    ]);
  });

  it('says of a level its highest hour, what is included and when', () => {
    const rated = rateOf([
      stretch(smallApp, 0, 15, { device_peak: 12 }),
      stretch(version('none', { prices: {} }), 15, 30),
    ]);
    expect(reasons(rated, 'device_peak')).toEqual([
      'the highest hour is 12; above 10 included; from 2026-11-01 00:00 to 2026-11-16 00:00 UTC, 15 days of 30 days',
    ]);
  });

  it('says the times of a price that was another in between, and which line took what of the pool', () => {
    const dear = {
      ...small,
      plan: 'dear',
      prices: { ...small.prices, cpu_core_ms: { kind: 'per_unit', unitPrice: '1' } },
    } as const;
    const used = { cpu_core_ms: 240 * hourMs };
    const rated = rateOf([stretch(small, 0, 10, used), stretch(dear, 10, 20, used), stretch(small, 20, 30, used)]);
    expect(reasons(rated, 'cpu_core_ms')).toEqual([
      'within 720 core-hours included; 240 core-hours of it used at another price; from 2026-11-01 00:00 to 2026-11-11 00:00 UTC and from 2026-11-21 00:00 to 2026-12-01 00:00 UTC',
      'within 720 core-hours included; 480 core-hours of it used at another price; from 2026-11-11 00:00 to 2026-11-21 00:00 UTC',
    ]);
  });
});
