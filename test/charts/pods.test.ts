/** What an operator may say about the pods without a copy of the chart: where they run, what they are called, which images. */
import type { V1Deployment, V1PodTemplateSpec } from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { describeWithTools } from '../harness/tools.ts';
import { exampleValues } from './example.ts';
import { type Manifest, pick, refusal, render } from './helm.ts';
import { digest, everySetting } from './operator-values.ts';
import { partsOf } from './parts.ts';

const parts = partsOf('enterprise').map(({ component, kind }) => [component, kind] as const);
const values = () => exampleValues({ plan: 'enterprise' });
const templateOf = (objects: Manifest[], part: string): V1PodTemplateSpec => {
  const kind = parts.find(([name]) => name === part)?.[1] ?? '';
  return pick<V1Deployment>(objects, kind, part).spec?.template ?? {};
};
const imagesOf = (objects: Manifest[]): (string | undefined)[] =>
  parts.flatMap(([part]) => {
    const { initContainers = [], containers = [] } = templateOf(objects, part).spec ?? {};
    return [...initContainers, ...containers].map(({ image }) => image);
  });

describeWithTools(['helm'], 'pods of a customer', () => {
  it('tell the last words of what keeps data, where a full volume is seen, and of nothing that is the product’s own', async () => {
    const objects = await render(values());
    for (const [part, kind] of parts) {
      const { initContainers = [], containers = [] } = templateOf(objects, part).spec ?? {};
      const told = [...initContainers, ...containers]
        .filter(({ terminationMessagePolicy }) => terminationMessagePolicy === 'FallbackToLogsOnError')
        .map(({ name }) => name);
      const keepers = part === 'postgres' ? ['initialise', 'prepare', 'postgres'] : [part];
      expect([part, told]).toEqual([part, kind === 'StatefulSet' ? keepers : []]);
    }
  });

  it('run where the operator says, each part by its own word first', async () => {
    const objects = await render(values(), everySetting);
    for (const [part] of parts.filter(([name]) => name !== 'postgres'))
      expect(templateOf(objects, part).spec).toMatchObject({
        imagePullSecrets: [{ name: 'registry' }],
        nodeSelector: { pool: 'customers' },
        tolerations: everySetting.tolerations,
        affinity: everySetting.affinity,
        priorityClassName: 'customers',
      });
    expect(templateOf(objects, 'postgres').spec).toMatchObject({
      imagePullSecrets: [{ name: 'registry' }],
      nodeSelector: { pool: 'customers', disk: 'ssd' },
      tolerations: everySetting.postgres.tolerations,
      affinity: everySetting.affinity,
      priorityClassName: 'databases',
    });
  });

  it('say nothing about all that when the operator does not', async () => {
    const bare = await render(values());
    for (const [part] of parts)
      expect(Object.keys(templateOf(bare, part).spec ?? {})).not.toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^(imagePullSecrets|nodeSelector|tolerations|affinity|topology.*|priorityClassName)$/),
        ]),
      );
  });

  it('are spread by what selects them', async () => {
    const objects = await render(values(), everySetting);
    for (const [part, kind] of parts) {
      const { selector, template } = pick<V1Deployment>(objects, kind, part).spec ?? {};
      const [constraint] = template?.spec?.topologySpreadConstraints ?? [];
      expect(constraint).toEqual({ ...everySetting.topologySpreadConstraints[0], labelSelector: selector });
    }
  });

  it('carry labels and annotations of the operator beside the chart’s own', async () => {
    const objects = await render(values(), everySetting);
    const bare = await render(values());
    for (const [part] of parts) {
      const own = templateOf(bare, part).metadata;
      const { labels, annotations } = templateOf(objects, part).metadata ?? {};
      expect(labels).toEqual({ ...own?.labels, team: 'platform', ...(part === 'postgres' && { tier: 'data' }) });
      expect(annotations).toEqual({ ...own?.annotations, 'example.com/owner': 'platform: "team"' });
    }
  });

  it('never carry a label that a selector or a network policy reads, or hide a change of the settings', async () => {
    const labels = [
      'app',
      'app.kubernetes.io/component',
      'tenantry.dev/customer',
      'acme.cert-manager.io/http01-solver',
    ];
    for (const label of labels) {
      const podLabels = { [label]: 'true' };
      expect(await refusal({ values: exampleValues(), overrides: { podLabels } })).toContain(
        `- podLabels: ${label} is`,
      );
      expect(await refusal({ values: exampleValues(), overrides: { exporter: { podLabels } } })).toContain(
        `- exporter.podLabels: ${label} is`,
      );
    }
    const podAnnotations = { 'checksum/config': 'x' };
    expect(await refusal({ values: exampleValues(), overrides: { api: { podAnnotations } } })).toContain(
      '- api.podAnnotations: checksum/config is set by the chart',
    );
  });

  it('keep what the operator does not say about their resources', async () => {
    const [postgres] = templateOf(await render(values(), everySetting), 'postgres').spec?.containers ?? [];
    expect(postgres?.resources).toMatchObject({
      requests: { cpu: '240m', memory: '232Mi' },
      limits: { cpu: '500m', memory: '1Gi' },
    });
  });
});

describeWithTools(['helm'], 'the environment of the API', () => {
  it('asks who administers the instance for the one token that the dashboard shows it', async () => {
    const objects = await render(values());
    const tokenOf = (part: string) =>
      templateOf(objects, part).spec?.containers[0]?.env?.find(({ name }) => name === 'ADMIN_TOKEN')?.valueFrom;
    expect(tokenOf('api')).toEqual({ secretKeyRef: { name: 'instance-admin', key: 'password' } });
    expect(tokenOf('dashboard')).toEqual(tokenOf('api'));
  });

  it('holds the operator’s own variables, by value and from Secrets', async () => {
    const [api] = templateOf(await render(exampleValues(), everySetting), 'api').spec?.containers ?? [];
    const { env } = everySetting.api;
    expect(api?.env).toEqual([
      { name: 'ADMIN_TOKEN', valueFrom: { secretKeyRef: { name: 'instance-admin', key: 'password' } } },
      { name: 'MQTT_PASSWORD', valueFrom: { secretKeyRef: { name: 'instance-mqtt-api', key: 'password' } } },
      { name: 'PGPASSWORD', valueFrom: { secretKeyRef: { name: 'instance-postgres', key: 'password' } } },
      { name: 'REDIS_PASSWORD', valueFrom: { secretKeyRef: { name: 'instance-redis', key: 'password' } } },
      ...env.slice(0, 3),
      { name: 'MAIL_TOKEN', valueFrom: { secretKeyRef: { name: 'mail', key: 'token' } } },
    ]);
  });

  it('never replaces what the chart sets', async () => {
    const objects = await render(exampleValues());
    const own = Object.keys(pick<{ data: Record<string, string> }>(objects, 'ConfigMap', 'api').data);
    expect(own.length).toBeGreaterThan(10);
    const env = [...own, 'ADMIN_TOKEN', 'PGPASSWORD', 'MQTT_PASSWORD', 'REDIS_PASSWORD'].map((name) => ({
      name,
      value: 'x',
    }));
    const words = await refusal({ values: exampleValues(), overrides: { api: { env } } });
    for (const [index, { name }] of env.entries())
      expect(words).toContain(`- api.env[${index}].name: ${name} is set by`);
  });

  it('is refused where it is not clear, or would hand the reporter key to the API', async () => {
    const env = [
      { name: 'A', value: 'x' },
      { name: 'A', value: 'y' },
      { name: 'B' },
      { name: 'C', value: 'x', secretKeyRef: { name: 'mail', key: 'token' } },
      { name: 'D', secretKeyRef: { name: 'instance-reporter', key: 'api-key' } },
    ];
    const words = await refusal({ values: exampleValues(), overrides: { api: { env } } });
    expect(words).toContain('- api.env[1].name: A stands twice');
    expect(words).toContain('- api.env[2]: B needs either a value or a secretKeyRef');
    expect(words).toContain('- api.env[3]: C needs either a value or a secretKeyRef');
    expect(words).toContain('- api.env[4].secretKeyRef.name: instance-reporter is the exporter');
  });
});

describeWithTools(['helm'], 'images', () => {
  const image = { digest };
  const digests = {
    ...Object.fromEntries(partsOf('enterprise').map(({ key }) => [key, { image }])),
    postgres: { image: { repository: 'registry.example.com:5000/library/postgres', digest }, metrics: { image } },
  };
  const shipped = [
    'tenantry/instance-api:0.1.0',
    'tenantry/billing-exporter:0.1.0',
    'tenantry/instance-dashboard:0.1.0',
    'grafana/grafana:12.1.0',
    'iegomez/mosquitto-go-auth:3.0.0-mosquitto_2.0.18',
    'tenantry/mosquitto-exporter:0.1.0',
    'ghcr.io/opencost/opencost:1.117.3',
    'postgres:15-alpine',
    'postgres:15-alpine',
    'postgres:15-alpine',
    'quay.io/prometheuscommunity/postgres-exporter:v0.17.1',
    'quay.io/prometheus/prometheus:v3.5.0',
    'redis:7-alpine',
  ];

  it('are named by digest where there is one, which wins over the tag', async () => {
    expect(imagesOf(await render(values(), { ...digests, requireDigest: true }))).toEqual(
      shipped.map((name) => {
        const repository = name.split(':')[0];
        return `${repository === 'postgres' ? digests.postgres.image.repository : repository}@${digest}`;
      }),
    );
  });

  it('are named by tag as shipped, because nobody here has pulled them', async () => {
    expect(imagesOf(await render(values()))).toEqual(shipped);
  });

  it('need a digest, all of them, once the operator asks for that', async () => {
    const words = await refusal({ values: values(), overrides: { requireDigest: true } });
    for (const part of [...partsOf('enterprise').map(({ key }) => key), 'postgres.metrics'])
      expect(words).toContain(`- ${part}.image.digest: is missing, and requireDigest is true`);
    const { postgres: _, ...others } = digests;
    const later = await refusal({ values: values(), overrides: { ...others, requireDigest: true } });
    expect(later).toContain('- postgres.image.digest: is missing');
    expect(later).not.toContain('- api.image.digest');
    // What a customer does not have needs none.
    expect(await refusal({ values: exampleValues(), overrides: { requireDigest: true } })).not.toContain('- grafana');
  });

  it('take no digest that is none, and none within the tag', async () => {
    const wrong = { digest: 'sha256:abc', tag: `15-alpine@${digest}` };
    for (const [name, value] of Object.entries(wrong))
      expect(
        await refusal({ values: exampleValues(), overrides: { postgres: { image: { [name]: value } } } }),
      ).toContain(`at '/postgres/image/${name}'`);
  });
});
