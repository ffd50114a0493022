/** From use on a real control plane to the bill: what the pods are known to have used is what each line says. */
import { beforeAll, expect, it, type TestContext } from 'vitest';
import { printTable } from '../../bench/support/report.ts';
import { clusterTools } from '../harness/cluster.ts';
import { describeWithTools } from '../harness/tools.ts';
import { type JourneyResult, meteringJourney } from './support/metering.ts';
import { comparison } from './support/metering-table.ts';

const WINDOWS = 5;
/** Five windows of a minute, up to a minute until the first, and a busy machine. */
const JOURNEY_TIMEOUT_MS = 15 * 60_000;
const OFF_PERCENT_MAX = 1;
/** The infrastructure list (docs/pricing.md), in cents per unit. */
const listCents: Record<string, number> = {
  cpu_core_ms: 5,
  memory_mib_s: 1,
  storage_mib_s: 20,
  network_sent_bytes: 10,
  network_received_bytes: 10,
  ingress_requests: 50 / 1e6,
};

describeWithTools(['helm', 'prometheus', ...clusterTools], 'usage of a real namespace, five minutes of it', () => {
  let journey: JourneyResult | null;

  beforeAll(async () => {
    journey = await meteringJourney({ windows: WINDOWS, log: console.log });
    if (journey) printTable(comparison(journey));
  }, JOURNEY_TIMEOUT_MS);

  /** A cluster that was given has no simulated containers, so nobody knows the truth there. */
  const measured = (context: TestContext): JourneyResult =>
    journey ?? context.skip('needs the simulated containers of our own cluster');

  it('each line of the bill is within 1 % of what the pods used', (context) => {
    const off = measured(context).lines.filter(({ offPercent }) => !(Math.abs(offPercent) <= OFF_PERCENT_MAX));
    expect(off).toEqual([]);
  });

  it('each line costs its quantity at the list price, and the total is the sum of the lines', (context) => {
    const { lines, cost } = measured(context);
    for (const { meter, billed, cents } of lines) expect([meter, cents]).toEqual([meter, priced(meter, billed)]);
    expect(lines.every(({ cents }) => cents > 0)).toBe(true);
    expect(cost.lines.every(({ meter, included }) => included === '0' || !(meter in listCents))).toBe(true);
    expect(cost.total_cents).toBe(cost.lines.reduce((sum, line) => sum + line.amount_cents, 0));
  });

  it('every minute was reported once, in order, whole, and none is missing', (context) => {
    const { windows, gaps, exporter } = measured(context);
    expect(windows.length).toBeGreaterThanOrEqual(WINDOWS);
    expect(windows.filter(({ complete, gap_seconds }) => !complete || gap_seconds > 0)).toEqual([]);
    const starts = windows.map((window) => Date.parse(window.window_start));
    expect(starts).toEqual(starts.map((_, n) => (starts[0] ?? 0) + n * 60_000));
    expect(gaps).toEqual([]);
    expect(exporter.exitCode, exporter.logs.join('\n')).toBe(0);
  });
});

const priced = (meter: string, quantity: number): number => Math.round(quantity * (listCents[meter] ?? Number.NaN));
