/**
 * Cases made after public bug reports, with known truth: samples as OpenMetrics, served by a real Prometheus. A meter is
 * right within 2 %; less, or nothing, is right too where the rule allows it and the window says so. Nothing is ever more.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../exporter/clock.ts';
import { readConfig } from '../../exporter/config.ts';
import { measureWith } from '../../exporter/measure.ts';
import { prometheusClient } from '../../exporter/prometheus/client.ts';
import type { QuantityField, WindowReport } from '../../src/contracts/usage.ts';
import { createBlocks, startPrometheus } from '../harness/prometheus.ts';
import { describeWithTools } from '../harness/tools.ts';
import { hourMs } from './model.ts';

interface Case {
  story: string;
  from: string;
  to: string;
  env: Record<string, string>;
  truth: Partial<Record<QuantityField, number>>;
  /** What the samples can show of the truth, where that is more than 2 % less: nothing is extrapolated. */
  shown?: Partial<Record<QuantityField, number>>;
  rule: { flag_ok?: 1; complete?: 1; must_flag?: 1; at_most?: 1 };
}

const folder = new URL('./cases/', import.meta.url);
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -5)] : []));
const caseOf = (name: string): Case => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Case;
const tolerance = 0.02;

function faultsOf({ truth, shown = {}, rule }: Case, reports: WindowReport[]): string[] {
  const faults: string[] = [];
  const last = reports.at(-1);
  for (const [field, used] of Object.entries(truth) as [QuantityField, number][]) {
    const value = last?.[field];
    const told = last?.complete === false || last?.missing?.includes(field);
    const least = (shown[field] ?? used) * (1 - tolerance);
    if (value !== undefined && value > used * (1 + tolerance)) faults.push(`${field} ${value} is above ${used}`);
    else if (!rule.at_most && (value ?? -1) < least && !(rule.flag_ok && told)) {
      faults.push(`${field} ${value} instead of ${used}, complete: ${last?.complete}`);
    }
  }
  if (rule.complete && !reports.every((r) => r.complete)) faults.push('a window is incomplete');
  if (rule.must_flag && last?.complete !== false) faults.push('not flagged');
  return faults;
}

describeWithTools(['prometheus', 'promtool'], 'a case after a public report', () => {
  let work: string;
  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), 'tenantry-case-'));
  });
  afterEach(() => {
    rmSync(work, { recursive: true, force: true });
  });

  it.each(names)('%s is billed as it was, or told', async (name) => {
    const told = caseOf(name);
    const file = join(work, 'samples.om');
    writeFileSync(file, gunzipSync(readFileSync(new URL(`${name}.om.gz`, folder))));
    createBlocks([file], join(work, 'blocks'));
    const served = await startPrometheus({ blocksDir: join(work, 'blocks') });
    const prometheus = prometheusClient({ url: served.url, clock: systemClock });
    try {
      const env = { CUSTOMER_ID: `cust_${'0'.repeat(32)}`, NAMESPACE: 'customer-abc12345', PROMETHEUS_URL: served.url };
      const config = readConfig({ ...env, ...told.env }, true);
      if (!config.ok) throw new Error(config.error.join('; '));
      const measure = measureWith(prometheus, config.value, systemClock);
      const reports: WindowReport[] = [];
      for (let startMs = Date.parse(told.from); startMs < Date.parse(told.to); startMs += hourMs) {
        const report = await measure({ startMs, endMs: startMs + hourMs });
        if (!report.ok) throw new Error(report.error.message);
        reports.push(report.value);
      }
      expect(faultsOf(told, reports), told.story).toEqual([]);
    } finally {
      await prometheus.close();
      await served.stop();
    }
  });
});
