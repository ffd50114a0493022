import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimal } from '../../../src/lib/decimal.ts';
import { type Overrides, rate, type Segment } from '../../../src/pricing/rate.ts';
import { applicationPlans, plansOf, shippedPlans } from '../../harness/worker/plans.ts';

const sold = [...plansOf(shippedPlans).versions, ...plansOf(applicationPlans).versions].map((v) => v.definition);
const planVersionOf = (plan: string, version: string) => {
  const found = sold.find((v) => v.plan === plan && v.version === version);
  if (!found) throw new Error(`no plan ${plan} ${version}`);
  return found;
};
const currentVersionOf = (_plan: string): string => '2026-11';

const dayMs = 86_400_000;
const start = Date.parse('2026-11-01T00:00:00Z');
const gb = 2 ** 30;
const none: Overrides = { allowances: {}, prices: {} };

/** A stretch of a 30-day November, days counted from 0. */
const stretch = (
  plan: string,
  fromDay: number,
  toDay: number,
  usage: Record<string, number>,
  version = currentVersionOf(plan),
): Segment => ({
  start: start + fromDay * dayMs,
  end: start + toDay * dayMs,
  plan: planVersionOf(plan, version),
  usage: Object.fromEntries(Object.entries(usage).map(([meter, base]) => [meter, new Decimal(base)])),
});

const line = (rated: ReturnType<typeof rate>, meter: string) => rated.lines.find((l) => l.meter === meter);

describe('rating', () => {
  it('bills a Starter month by the price list', () => {
    const rated = rate(
      [
        stretch('starter', 0, 30, {
          cpu_core_ms: 1000 * 3_600_000,
          memory_mib_s: 1440 * 3_686_400,
          storage_mib_s: 25 * 1024 * 30 * 86_400,
          network_sent_bytes: 90 * gb,
          network_received_bytes: 60 * gb,
          ingress_requests: 3_500_000,
        }),
      ],
      none,
    );
    expect(rated.lines.map((l) => [l.meter, l.quantity, l.included, l.billable, l.amount_cents])).toEqual([
      ['base_fee', '1', '0', '1', 2900],
      ['cpu_core_ms', '1000', '720', '280', 1400],
      ['memory_mib_s', '1440', '1440', '0', 0],
      ['storage_mib_s', '25', '10', '15', 300],
      ['network_sent_bytes', '90', '60', '30', 300],
      ['network_received_bytes', '60', '40', '20', 200],
      ['ingress_requests', '3500000', '1000000', '2500000', 125],
    ]);
    expect(rated.totalCents).toBe(2900 + 1400 + 300 + 300 + 200 + 125);
    expect(line(rated, 'cpu_core_ms')).toMatchObject({
      unit: 'core-hour',
      unit_price: '0.05',
      reason: /720 core-hours/,
    });
  });

  it('includes everything in Enterprise', () => {
    const rated = rate([stretch('enterprise', 0, 30, { cpu_core_ms: 1e12, ingress_requests: 1e12 })], none);
    expect(rated.totalCents).toBe(29_900);
    expect(line(rated, 'cpu_core_ms')).toMatchObject({ billable: '0', reason: 'without limit in this plan' });
  });

  it('bills every unit when the allowances are overridden to nothing, at an overridden price', () => {
    const rated = rate([stretch('starter', 0, 30, { cpu_core_ms: 3_600_000, network_sent_bytes: gb })], {
      allowances: { cpu_core_ms: '0', network_bytes: '0' },
      prices: { cpu_core_ms: '0.125', base_fee: '10' },
    });
    expect(line(rated, 'cpu_core_ms')).toMatchObject({ billable: '1', unit_price: '0.125', amount_cents: 13 });
    expect(line(rated, 'network_sent_bytes')).toMatchObject({ billable: '1', amount_cents: 10 });
    expect(line(rated, 'base_fee')).toMatchObject({ amount_cents: 1000 });
  });

  it('prorates fee and allowance by seconds when the plan changes, and pools the allowance over the period', () => {
    const rated = rate(
      [
        stretch('starter', 0, 15, { network_sent_bytes: 250 * gb }),
        stretch('professional', 15, 30, { network_sent_bytes: 100 * gb }),
      ],
      none,
    );
    expect(rated.lines.filter((l) => l.meter === 'base_fee').map((l) => [l.quantity, l.amount_cents])).toEqual([
      ['0.5', 1450],
      ['0.5', 4950],
    ]);
    expect(line(rated, 'network_sent_bytes')).toMatchObject({ quantity: '350', included: '300', billable: '50' });
  });

  it('never turns an upgrade into overage', () => {
    const plans: string[] = ['starter', 'professional', 'enterprise'];
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1),
        fc.constantFrom(1, 2),
        fc.integer({ min: 1, max: 29 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (low, more, day, before, after) => {
          const [from, to] = [plans[low] ?? 'starter', plans[Math.min(low + more, 2)] ?? 'enterprise'];
          const allowed = (planVersionOf(from, currentVersionOf(from)).allowances['network_bytes'] ?? {}) as {
            perPeriod: string;
          };
          const budget = Number(allowed.perPeriod) * gb;
          const first = Math.floor(budget * before);
          const second = Math.floor((budget - first) * after);
          const rated = rate(
            [
              stretch(from, 0, day, { network_sent_bytes: first }),
              stretch(to, day, 30, { network_received_bytes: second }),
            ],
            none,
          );
          const overage = rated.lines.filter((l) => l.meter.startsWith('network')).map((l) => l.amount_cents);
          expect(overage).toEqual([0, 0]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('keeps unlimited use unlimited after a downgrade and meters only what follows', () => {
    const rated = rate(
      [
        stretch('enterprise', 0, 15, { network_sent_bytes: 5000 * gb }),
        stretch('starter', 15, 30, { network_sent_bytes: 60 * gb }),
      ],
      none,
    );
    expect(line(rated, 'network_sent_bytes')).toMatchObject({ quantity: '5060', included: '5050', billable: '10' });
  });

  it('uses one price list only, so that no byte is billed twice', () => {
    const usage = {
      network_sent_bytes: 500 * gb,
      mqtt_bytes: 15 * gb,
      http_bytes: 5 * gb,
      api_calls: 200_000,
      device_peak: 12,
    };
    const infrastructure = rate([stretch('starter', 0, 30, usage)], none).lines.map((l) => l.meter);
    const application = rate([stretch('starter', 0, 30, usage, '2026-11-application')], none);
    expect(infrastructure).not.toContain('mqtt_bytes');
    expect(application.lines.map((l) => l.meter)).not.toContain('network_sent_bytes');
    expect(line(application, 'mqtt_bytes')).toMatchObject({ included: '7.5', billable: '7.5', amount_cents: 75 });
    expect(line(application, 'http_bytes')).toMatchObject({ included: '2.5', billable: '2.5', amount_cents: 38 });
    expect(line(application, 'api_calls')).toMatchObject({ billable: '100000', amount_cents: 5000 });
    expect(line(application, 'device_peak')).toMatchObject({ quantity: '12', billable: '2', amount_cents: 400 });
  });

  it('takes the highest peak of the period, not the sum of its segments', () => {
    const application = '2026-11-application';
    const rated = rate(
      [
        stretch('starter', 0, 10, { device_peak: 40 }, application),
        stretch('professional', 10, 30, { device_peak: 60 }, application),
      ],
      none,
    );
    expect(line(rated, 'device_peak')?.quantity).toBe('60');
  });

  it('keeps a tie a tie in a period that began at any millisecond and was cut several times', () => {
    const signedUp = Date.parse('2026-11-20T12:55:54.521Z');
    const hour = Date.parse('2026-11-20T12:00:00Z');
    const edges = [signedUp, ...[1, 169, 601].map((hours) => hour + hours * 3_600_000), signedUp + 30 * dayMs];
    const segments = edges.slice(1).map((end, i) => ({
      ...stretch(
        i % 2 === 0 ? 'starter' : 'professional',
        0,
        1,
        i === 0 ? { storage_mib_s: 0.05 * 1024 * 30 * 86_400 } : {},
      ),
      start: edges[i] ?? 0,
      end,
    }));
    const rated = rate(segments, { allowances: { storage_mib_s: '0' }, prices: { storage_mib_s: '0.1' } });
    expect(line(rated, 'storage_mib_s')).toMatchObject({ quantity: '0.05', amount_cents: 1 });
    expect(line(rated, 'base_fee')?.reason).toMatch(/ of 2592000 seconds$/);
  });

  it('keeps a tie a tie behind a quotient that never ends, at a price of dollars', () => {
    // A ninth of an hour at $9.045 is $1.005.
    const rated = rate([stretch('starter', 0, 30, { ip_s: 400 })], { allowances: {}, prices: { ip_s: '9.045' } });
    expect(line(rated, 'ip_s')?.amount_cents).toBe(101);
  });

  it('says that what is used up exactly is within the allowance, whatever cuts the period', () => {
    const used = { storage_mib_s: 10 * 1024 * 30 * 86_400 };
    const parts = [0, 10, 20].map((day) => stretch('starter', day, day + 10, day === 0 ? used : {}));
    expect(line(rate(parts, none), 'storage_mib_s')).toMatchObject({
      billable: '0',
      reason: 'within 10 GB-months included in the period',
    });
  });

  it('says why use after an unlimited plan is billed', () => {
    const rated = rate(
      [
        stretch('enterprise', 0, 15, { network_sent_bytes: 5000 * gb }),
        stretch('starter', 15, 30, { network_sent_bytes: 60 * gb }),
      ],
      none,
    );
    expect(line(rated, 'cpu_core_ms')?.reason).toMatch(/^within .* included after the plan without limit$/);
    expect(line(rated, 'network_sent_bytes')?.reason).toBe(
      'above 50 GB, shared, included after the plan without limit',
    );
    const upgraded = rate(
      [
        stretch('starter', 0, 15, { network_sent_bytes: 60 * gb }),
        stretch('enterprise', 15, 30, { network_sent_bytes: 5000 * gb }),
      ],
      none,
    );
    expect(line(upgraded, 'network_sent_bytes')).toMatchObject({ billable: '0', reason: 'without limit in this plan' });
  });

  it('reaches no further tier for the last digit of a division', () => {
    const starter = planVersionOf('starter', currentVersionOf('starter'));
    const tiers = [
      { from: '0', to: '50', unitPrice: '1' },
      { from: '50', to: null, unitPrice: '0.5' },
    ];
    const thirds = (kind: 'volume' | 'graduated') =>
      Array.from({ length: 3 }, (_, i) => ({
        // A third of 50 GB-months, a quotient that never ends.
        ...stretch('starter', i * 10, (i + 1) * 10, { storage_mib_s: (50 * 1024 * 30 * 86_400) / 3 }),
        plan: { ...starter, allowances: {}, prices: { storage_mib_s: { kind, tiers } as const } },
      }));
    const lines = (kind: 'volume' | 'graduated') =>
      rate(thirds(kind), none)
        .lines.filter((l) => l.meter === 'storage_mib_s')
        .map((l) => [l.quantity, l.tier, l.amount_cents]);
    expect(lines('volume')).toEqual([['50', '0 to 50', 5000]]);
    expect(lines('graduated')).toEqual([['50', '0 to 50', 5000]]);
  });

  it('adds up: the total is the sum of the lines, whatever was used under whatever plans', () => {
    const usage = fc.record({
      cpu_core_ms: fc.maxSafeNat(),
      memory_mib_s: fc.maxSafeNat(),
      storage_mib_s: fc.maxSafeNat(),
      network_sent_bytes: fc.maxSafeNat(),
      network_received_bytes: fc.maxSafeNat(),
      ingress_requests: fc.maxSafeNat(),
    });
    const plan = fc.constantFrom<string>('starter', 'professional', 'enterprise');
    fc.assert(
      fc.property(fc.array(fc.tuple(plan, usage), { minLength: 1, maxLength: 5 }), (parts) => {
        const days = 30 / parts.length;
        const rated = rate(
          parts.map(([name, used], i) => stretch(name, i * days, (i + 1) * days, used)),
          none,
        );
        expect(rated.lines.reduce((t, l) => t + l.amount_cents, 0)).toBe(rated.totalCents);
        for (const l of rated.lines) {
          expect(new Decimal(l.included).plus(l.billable).toString()).toBe(l.quantity);
          const exact = new Decimal(l.billable).times(l.unit_price).times(100);
          expect(exact.minus(l.amount_cents).abs().lte('0.51')).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });
});
