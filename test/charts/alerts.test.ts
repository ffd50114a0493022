/** The alert rules of an Enterprise customer's Prometheus: each fires on its cause, and none on another's or while all is well. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { V1ConfigMap } from '@kubernetes/client-node';
import { beforeAll, expect, it } from 'vitest';
import { describeWithTools } from '../harness/tools.ts';
import { type Cause, firing, type Rule, rulesOf } from './alerts.ts';
import { exampleValues } from './example.ts';
import type { Generated } from './generated-series.ts';
import { pick, render } from './helm.ts';
import { wellStack } from './stack-series.ts';

const gauge = (name: string, labels: string, value: Generated[string][number][1]): Cause['differs'] => ({
  gauges: { [name]: [[labels, value]] },
});
const counter = (name: string, ...series: Generated[string]): Cause['differs'] => ({ counters: { [name]: series } });
const without = (part: string): Cause['differs'] => gauge('up', `job="${part}"`, 0);

/** By the alert that it is of. */
const causes: [alert: string, cause: string, differs: Cause['differs']][] = [
  ['BrokerDown', 'the broker is away', gauge('mosquitto_up', 'job="mosquitto-exporter"', 0)],
  ['BrokerDown', 'its exporter is away', without('mosquitto-exporter')],
  [
    'BrokerDropsMessages',
    'messages are dropped',
    counter('mosquitto_broker_publish_messages_dropped', ['job="mosquitto-exporter"', 0.1]),
  ],
  ['DatabaseDown', 'PostgreSQL is away', gauge('pg_up', 'job="postgres"', 0)],
  ['DatabaseDown', 'the database’s pod is away', without('postgres')],
  [
    'DatabaseNearlyOutOfConnections',
    'connections are taken',
    gauge('pg_stat_database_numbackends', 'job="postgres",datname="instance"', 90),
  ],
  [
    'DatabaseVolumeNearlyFull',
    'the database grows',
    gauge('pg_database_size_bytes', 'job="postgres",datname="instance"', 9 * 2 ** 30),
  ],
  ['ApiDown', 'the API is away', without('api')],
  [
    'ApiFailing',
    'the API answers 500',
    counter('http_requests_total', ['job="api",method="GET",route="/api/devices",status="500"', 0.3]),
  ],
  ['OpenCostDown', 'OpenCost is away', without('opencost')],
  ['BillingExporterDown', 'the exporter is away', without('billing-exporter')],
  [
    'UsageNotCollected',
    'the exporter gets no answer',
    gauge('billing_exporter_last_success_timestamp_seconds', 'job="billing-exporter"', (at) => at - 7600),
  ],
  [
    'UsageNotCollected',
    'the exporter never got one',
    gauge('billing_exporter_last_success_timestamp_seconds', 'job="billing-exporter"', 0),
  ],
  ['UsageNotAccepted', 'usage waits', gauge('billing_exporter_windows_pending', 'job="billing-exporter"', 3)],
  ['UsageRejected', 'usage is refused', gauge('billing_exporter_windows_rejected', 'job="billing-exporter"', 1)],
];

describeWithTools(['helm', 'prometheus', 'promtool'], 'alerts of an Enterprise customer', () => {
  let rules: Rule[];
  const rendered = async (overrides: Record<string, unknown> = {}): Promise<string> => {
    const objects = await render(exampleValues({ plan: 'enterprise' }), overrides);
    return pick<V1ConfigMap>(objects, 'ConfigMap', 'prometheus').data?.['alerts.yaml'] ?? '';
  };
  beforeAll(async () => {
    rules = await rulesOf(await rendered());
  });

  it('say what is wrong, how bad it is and for how long it has to be', () => {
    for (const { alert, labels, annotations, for: long } of rules) {
      expect([alert, labels.severity]).toEqual([alert, expect.stringMatching(/^(critical|warning)$/)]);
      expect([alert, long]).toEqual([alert, expect.stringMatching(/^\d+[mh]$/)]);
      expect([alert, annotations.summary]).toEqual([alert, expect.stringMatching(/.{20}/)]);
    }
  });

  it('are each in the table of docs/chart.md, with its severity and its time', async () => {
    const page = await readFile(resolve(import.meta.dirname, '../../docs/chart.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+)` +\| (critical|warning) +\| (\d+[mh]) +\|/gm)].map((row) =>
      row.slice(1),
    );
    expect(rows).toEqual(rules.map(({ alert, labels, for: long }) => [alert, labels.severity, long]));
  });

  it('fire each on its own cause and on no other, and are silent while all is well', async () => {
    expect([...new Set(causes.map(([alert]) => alert))]).toEqual(rules.map(({ alert }) => alert));
    const found = await firing(
      rules,
      wellStack,
      causes.map(([, name, differs]) => ({ name, differs })),
    );
    expect(found).toEqual({ well: [], ...Object.fromEntries(causes.map(([alert, name]) => [name, [alert]])) });
  });

  it('wait for two of the exporter’s intervals, whatever they are', async () => {
    expect(await rendered({ exporter: { collectionIntervalMs: 86_400_000 } })).toContain('> 173100');
  });
});
