/** Alert rules asked of a real Prometheus over generated hours: one in which all is well, then one for each cause. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { createBlocks, startPrometheus } from '../harness/prometheus.ts';
import { toolPath } from '../harness/tools.ts';
import { changed, endOfHour, type Hour, openMetrics } from './generated-series.ts';

export interface Rule {
  alert: string;
  expr: string;
  for: string;
  labels: { severity: string };
  annotations: { summary: string };
}
/** What is wrong in an hour, in words, and by which metrics it shows. */
export type Cause = { name: string; differs: Partial<Hour> };

/** The rules of a file that Prometheus' own check takes without a word. */
export async function rulesOf(text: string): Promise<Rule[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-alerts-'));
  try {
    const file = join(folder, 'alerts.yaml');
    writeFileSync(file, text);
    await promisify(execFile)(toolPath('promtool'), ['check', 'rules', '--lint=all', '--lint-fatal', file]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const { groups } = parse(text) as { groups: { rules: Rule[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** The names of the rules whose expressions have series at the end of each hour; `well` is the hour before them all. */
export async function firing(
  rules: readonly Rule[],
  well: Hour,
  causes: readonly Cause[],
): Promise<Record<string, string[]>> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-alerts-'));
  const hours = [well, ...causes.map(({ differs }) => changed(well, differs))];
  writeFileSync(join(folder, 'metrics'), openMetrics(hours));
  createBlocks([join(folder, 'metrics')], join(folder, 'blocks'));
  const prometheus = await startPrometheus({ blocksDir: join(folder, 'blocks') });
  const fires = async ({ expr }: Rule, hour: number): Promise<boolean> => {
    const query = `time=${endOfHour(hour)}&query=${encodeURIComponent(expr)}`;
    const answer = await fetch(`${prometheus.url}/api/v1/query?${query}`);
    const { status, data } = (await answer.json()) as { status: string; data?: { result: unknown[] } };
    if (status !== 'success' || !data) throw new Error(`${expr}: ${status}`);
    return data.result.length > 0;
  };
  const found: Record<string, string[]> = {};
  try {
    for (const [hour, name] of ['well', ...causes.map((cause) => cause.name)].entries()) {
      found[name] = [];
      for (const rule of rules) if (await fires(rule, hour)) found[name].push(rule.alert);
    }
  } finally {
    await prometheus.stop();
    rmSync(folder, { recursive: true });
  }
  return found;
}
