/**
 * Every panel of the dashboards that Grafana is given, asked of a real Prometheus over an hour of generated series: those that the parts
 * of the stack really have, by the names of their own programs and documents.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { V1ConfigMap } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createBlocks, type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { describeWithTools, toolPath } from '../harness/tools.ts';
import { exampleValues } from './example.ts';
import { endOfHour, openMetrics } from './generated-series.ts';
import { pick, render } from './helm.ts';
import { wellStack } from './stack-series.ts';

const run = promisify(execFile);

interface Dashboard {
  title: string;
  uid: string;
  panels: { title: string; datasource: { uid: string }; targets: { expr: string }[] }[];
}

describeWithTools(['helm', 'prometheus', 'promtool'], 'Grafana of an Enterprise customer', () => {
  let prometheus: RunningPrometheus;
  let files: Record<string, string>;
  let configured: Record<string, string>;
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-dashboards-'));

  beforeAll(async () => {
    const objects = await render(exampleValues({ plan: 'enterprise' }));
    files = pick<V1ConfigMap>(objects, 'ConfigMap', 'grafana-files').data ?? {};
    configured = pick<V1ConfigMap>(objects, 'ConfigMap', 'prometheus').data ?? {};
    writeFileSync(join(folder, 'metrics'), openMetrics([wellStack]));
    createBlocks([join(folder, 'metrics')], join(folder, 'blocks'));
    prometheus = await startPrometheus({ blocksDir: join(folder, 'blocks') });
  });
  afterAll(async () => {
    await prometheus?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const dashboards = (): Dashboard[] =>
    Object.entries(files)
      .filter(([name]) => name.endsWith('.json'))
      .map(([, text]) => JSON.parse(text) as Dashboard);

  it('has dashboards of broker, API, database and cost, over the data source that it is given', () => {
    expect(
      dashboards()
        .map(({ title }) => title)
        .sort(),
    ).toEqual(['API', 'Broker', 'Cost', 'Database']);
    const { datasources } = parse(files['datasource.yaml'] ?? '') as { datasources: { uid: string; url: string }[] };
    expect(datasources).toMatchObject([
      { uid: 'prometheus', url: 'http://cb4c867f4-customer-instance-prometheus:9090' },
    ]);
    for (const { panels } of dashboards())
      for (const { datasource } of panels) expect(datasource.uid).toBe(datasources[0]?.uid);
  });

  it('shows something in every panel', async () => {
    let asked = 0;
    for (const { title, panels } of dashboards())
      for (const panel of panels)
        for (const { expr } of panel.targets) {
          const answer = await fetch(
            `${prometheus.url}/api/v1/query?time=${endOfHour(0)}&query=${encodeURIComponent(expr)}`,
          );
          const { status, data } = (await answer.json()) as {
            status: string;
            data?: { result: { value: [number, string] }[] };
          };
          const values = data?.result.map(({ value }) => Number(value[1])) ?? [];
          expect([title, panel.title, expr, status, values.length > 0 && values.every(Number.isFinite)]).toEqual([
            title,
            panel.title,
            expr,
            'success',
            true,
          ]);
          asked += 1;
        }
    expect(asked).toBeGreaterThan(30);
  });

  it('has a Prometheus whose configuration Prometheus itself takes', async () => {
    for (const [name, text] of Object.entries(configured)) writeFileSync(join(folder, name), text);
    const path = join(folder, 'prometheus.yml');
    const { stdout } = await run(toolPath('promtool'), ['check', 'config', '--lint=all', path]);
    expect(stdout).toContain('1 rule files found');
    expect(stdout).toContain('SUCCESS');
  });
});
