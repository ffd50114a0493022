/** What the plan and the operator say reaches the parts that read it, and whoever is told after an install; a part whose settings change is started anew. */
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1ConfigMap, V1Deployment, V1StatefulSet } from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { describeWithTools } from '../harness/tools.ts';
import { type Example, exampleValues } from './example.ts';
import { chartPath, helm, type Manifest, mapLimited, pick, render } from './helm.ts';
import { partsOf } from './parts.ts';

const enterprise = (change: Example = {}) => exampleValues({ plan: 'enterprise', ...change });

/** Parts whose pods differ between two renderings in what they have read of their settings. */
function startedAnew(before: Manifest[], after: Manifest[]): string[] {
  const sumOf = (objects: Manifest[], kind: string, component: string) => {
    const { metadata } = pick<V1Deployment>(objects, kind, component).spec?.template ?? {};
    const sum = metadata?.annotations?.['checksum/config'];
    expect([component, sum]).toEqual([component, expect.stringMatching(/^[0-9a-f]{64}$/)]);
    return sum;
  };
  return partsOf('enterprise')
    .filter(({ kind, component }) => sumOf(before, kind, component) !== sumOf(after, kind, component))
    .map(({ component }) => component);
}

describeWithTools(['helm'], 'the settings of a stack', () => {
  it('keep the samples of a dedicated Prometheus as long, and on as much, as the plan says', async () => {
    const kept = async (values: ReturnType<typeof enterprise>) => {
      const { spec } = pick<V1StatefulSet>(await render(values), 'StatefulSet', 'prometheus');
      const args = spec?.template.spec?.containers[0]?.args ?? [];
      return {
        retention: args.filter((arg) => arg.startsWith('--storage.tsdb.retention.')),
        claims: spec?.volumeClaimTemplates?.map(({ spec: claim }) => claim?.resources?.requests?.['storage']),
      };
    };
    const values = enterprise();
    // Four fifths of the volume, in bytes.
    expect(
      await kept({ ...values, monitoring: { ...values.monitoring, retention: '30d', storageSize: '50Gi' } }),
    ).toEqual({
      retention: ['--storage.tsdb.retention.time=30d', '--storage.tsdb.retention.size=42949672960B'],
      claims: ['50Gi'],
    });
    expect(await kept(values)).toEqual({
      retention: ['--storage.tsdb.retention.time=15d', '--storage.tsdb.retention.size=8589934592B'],
      claims: ['10Gi'],
    });
  });

  it('give OpenCost the cloud of the operator, its variables, and those of a Secret by reference', async () => {
    const cloudProvider = {
      provider: 'Azure',
      settings: { AZURE_OFFER_ID: 'MS-AZR-0003P' },
      secret: { name: 'cloud', keys: { CLOUD_PROVIDER_API_KEY: 'api-key' } },
    };
    const objects = await render(exampleValues(), { opencost: { cloudProvider } });
    const config = pick<V1ConfigMap>(objects, 'ConfigMap', 'opencost').data;
    expect(config).toMatchObject({ CLOUD_PROVIDER: 'Azure', AZURE_OFFER_ID: 'MS-AZR-0003P' });
    expect(config).not.toHaveProperty('CLOUD_PROVIDER_API_KEY');
    const [container] = pick<V1Deployment>(objects, 'Deployment', 'opencost').spec?.template.spec?.containers ?? [];
    expect(container?.envFrom).toEqual([{ configMapRef: { name: 'cb4c867f4-customer-instance-opencost' } }]);
    expect(container?.env).toEqual([
      { name: 'CLOUD_PROVIDER_API_KEY', valueFrom: { secretKeyRef: { name: 'cloud', key: 'api-key' } } },
    ]);
  });

  it('start the parts anew that read what has changed, and no other', async () => {
    const values = enterprise();
    const monitoring = { ...values.monitoring, scrapeInterval: '1m' };
    const changes: [Parameters<typeof render>, string[]][] = [
      [[values, { api: { logLevel: 'debug' } }], ['api']],
      [[values, { dashboard: { logLevel: 'debug' } }], ['dashboard']],
      [[values, { exporter: { logLevel: 'debug' } }], ['billing-exporter']],
      [[values, { mosquitto: { cacheSeconds: 31 } }], ['mosquitto']],
      [[values, { redis: { maxMemory: '100Mi' } }], ['redis']],
      [[values, { opencost: { cloudProvider: { provider: 'AWS' } } }], ['opencost']],
      [[{ ...values, monitoring }], ['grafana', 'prometheus']],
    ];
    const before = await render(values);
    const after = await mapLimited(changes, 2, ([asked]) => render(...asked));
    expect(after.map((objects) => startedAnew(before, objects))).toEqual(changes.map(([, parts]) => parts));
  });

  it('start database and broker’s exporter anew when a version of the chart changes what they read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tenantry-newer-chart-'));
    await cp(chartPath, folder, { recursive: true });
    await appendFile(join(folder, 'files/postgres/prepare.sql'), 'SELECT 1;\n');
    const config = join(folder, 'templates/mosquitto-exporter/_config.tpl');
    await writeFile(config, (await readFile(config, 'utf8')).replace('PORT:', 'NEWER: "1"\nPORT:'));
    const values = enterprise();
    const newer = await render(values, {}, folder);
    expect(startedAnew(await render(values), newer)).toEqual(['mosquitto-exporter', 'postgres']);
    await rm(folder, { recursive: true });
  });

  it('are told after an install: addresses, the way to Grafana, and what the cluster lacks', async () => {
    const notes = async (values: ReturnType<typeof enterprise>, overrides = {}, flags: string[] = []) => {
      const run = await helm(['install', '--dry-run=client', ...flags], { values, overrides });
      return run.ok ? (run.stdout.split('\nNOTES:\n')[1] ?? '') : run.message;
    };
    const plain = await notes(enterprise());
    for (const told of [
      `${enterprise().customer.id}, plan enterprise\n`,
      'https://b4c867f4.example.com/ ',
      'https://b4c867f4.example.com/api ',
      'wss://b4c867f4.example.com/mqtt ',
      'This cluster has no cert-manager: the certificate that ingress.clusterIssuer names will not be made.',
      'kubectl -n customer-b4c867f4 port-forward service/cb4c867f4-customer-instance-grafana 3000:80',
      'kubectl -n customer-b4c867f4 get secret instance-grafana ',
      'helm test -n customer-b4c867f4 cb4c867f4',
    ])
      expect(plain).toContain(told);
    const closed = await notes(exampleValues({ suspended: true, draining: true }), { ingress: { enabled: false } });
    expect(closed).toContain('plan starter: suspended, its last window is being reported');
    expect(closed).toContain('ingress.enabled is false: nothing is reached from outside.');
    expect(closed).not.toMatch(/https:|grafana|cert-manager/);
    const open = 'Any pod of namespace ingress-nginx may reach API, dashboard and broker';
    const podLabels = { 'app.kubernetes.io/name': 'ingress-nginx' };
    expect([plain, closed].map((text) => text.includes(open))).toEqual([true, false]);
    expect(await notes(exampleValues(), { networkPolicy: { ingressController: { podLabels } } })).not.toContain(open);
  });
});
