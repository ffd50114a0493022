/** A typing error in the operator's values is answered with the place where it stands, whatever the error is. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { describeWithTools } from '../harness/tools.ts';
import { exampleValues } from './example.ts';
import { chartPath, mapLimited, refusal } from './helm.ts';

/** Helm is a process a question; the machine has two cores. */
const helmProcesses = 2;

type Path = readonly string[];
type Leaf = { path: Path; value: unknown };

/** Every value of the defaults that is no map, with its path. */
const leavesOf = (value: unknown, path: Path = []): Leaf[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([name, child]) => leavesOf(child, [...path, name]))
    : [{ path, value }];
/** Sets a value at a path of maps. */
function put(values: Record<string, unknown>, path: Path, value: unknown): void {
  const names = [...path];
  const last = names.pop() ?? '';
  const parent = names.reduce<Record<string, unknown>>((node, name) => {
    node[name] ??= {};
    return node[name] as Record<string, unknown>;
  }, values);
  parent[last] = value;
}
/** A value of another type than the one given. */
const otherType = (value: unknown): unknown => (typeof value === 'string' ? 5 : 'five');

/** `- at '/api/uid': …`, as Helm writes it; a `/` of a name is `~1` in such a path. */
const place = (path: Path): string => `- at '/${path.map((name) => name.replaceAll('/', '~1')).join('/')}':`;

describeWithTools(['helm'], 'a mistake in the values', () => {
  it('of the wrong type is named by its path, for every value that there is', async () => {
    const leaves = leavesOf(parse(await readFile(join(chartPath, 'values.yaml'), 'utf8')));
    expect(leaves.length).toBeGreaterThan(90);
    const overrides: Record<string, unknown> = {};
    for (const { path, value } of leaves) put(overrides, path, otherType(value));
    const words = (await refusal({ values: exampleValues(), overrides })) ?? '';
    const unnamed = leaves.filter(({ path }) => !words.includes(place(path)));
    expect(unnamed.map(({ path }) => path.join('.'))).toEqual([]);
  });

  it('of any other kind is named by its path and says what is expected there', async () => {
    const cases: [Record<string, unknown>, string][] = [
      [{ api: { reources: {} } }, "- at '/api': additional properties 'reources' not allowed"],
      [{ api: { nodeSelector: { 'a b': 'x' } } }, "- at '/api/nodeSelector': additional properties 'a b' not allowed"],
      [{ api: { logLevel: 'verbose' } }, "- at '/api/logLevel': value must be one of 'debug', 'info', 'warn', 'error'"],
      [{ api: { image: { pullPolicy: 'always' } } }, "- at '/api/image/pullPolicy': value must be one of 'Always'"],
      [
        { exporter: { settleDelaySeconds: 3601 } },
        "- at '/exporter/settleDelaySeconds': maximum: got 3,601, want 3,600",
      ],
      [{ postgres: { storageSize: '10 Gi' } }, "- at '/postgres/storageSize': '10 Gi' does not match pattern"],
      [{ tolerations: [{ effect: 'Never' }] }, "- at '/tolerations/0/effect': value must be one of 'NoSchedule'"],
      [{ imagePullSecrets: ['registry'] }, "- at '/imagePullSecrets/0': got string, want object"],
      [{ api: { env: [{ value: 'x' }] } }, "- at '/api/env/0': missing property 'name'"],
      [{ api: { env: [{ name: '1A', value: 'x' }] } }, "- at '/api/env/0/name': '1A' does not match pattern"],
      [{ networkPolicy: { billingApi: [] } }, "- at '/networkPolicy/billingApi': minItems: got 0, want 1"],
      [
        { networkPolicy: { prometheus: { podLabels: null } } },
        "- at '/networkPolicy/prometheus': missing property 'podLabels'",
      ],
      [{ quota: { free: {} } }, "- at '/quota': additional properties 'free' not allowed"],
      ...['10.0.0.0', '10.0.0/8', '10.0.0.0/33', '256.0.0.0/8', '010.0.0.0/8', '2000::/129', 'fd00/8'].map(
        (cidr): [Record<string, unknown>, string] => [
          { networkPolicy: { billingApi: [{ cidr }] } },
          `- at '/networkPolicy/billingApi/0/cidr': '${cidr}' does not match pattern`,
        ],
      ),
      [{ prometheus: { url: 'https://me:secret@prometheus' } }, "- at '/prometheus/url':"],
      [
        { prometheus: { matchers: 'cluster=prod' } },
        "- at '/prometheus/matchers': 'cluster=prod' does not match pattern",
      ],
      [{ prometheus: { matchers: 'cluster="prod" or vector(1)' } }, "- at '/prometheus/matchers':"],
      [
        { prometheus: { matchers: 'a="b", namespace="shop"' } },
        '- prometheus.matchers: namespace is what the exporter',
      ],
      [{ prometheus: { headers: { 'X-A': 'b; X-B: c' } } }, "- at '/prometheus/headers/X-A':"],
      [
        { prometheus: { headers: { Authorization: 'Bearer x' } } },
        '- prometheus.headers: Authorization is set by the exporter',
      ],
      [{ prometheus: { secret: { tokenKey: 'token' } } }, '- prometheus.secret.name: is missing'],
      [{ prometheus: { secret: { name: 'x' } } }, '- prometheus.secret: names none of the keys of x'],
      [{ prometheus: { username: 'me' } }, '- prometheus.username: goes together with prometheus.secret.passwordKey'],
      [
        { prometheus: { username: 'me', secret: { name: 'x', tokenKey: 't', passwordKey: 'p' } } },
        '- prometheus.username: stands beside prometheus.secret.tokenKey',
      ],
      [{ prometheus: { secret: { name: 'x', tokenKey: 't' } } }, '- prometheus.url: must be https'],
      [{ postgres: { user: 'postgres' } }, "- postgres.user: postgres is PostgreSQL's own"],
      [{ postgres: { user: 'pg_app' } }, "- postgres.user: pg_app is PostgreSQL's own"],
      [{ postgres: { user: 'mosquitto' } }, '- postgres.user: mosquitto is the role of another part of the stack'],
      [{ redis: { maxMemoryPolicy: 'lru' } }, "- at '/redis/maxMemoryPolicy': value must be one of 'noeviction'"],
      [
        { opencost: { cloudProvider: { secret: { name: 'cloud' } } } },
        '- opencost.cloudProvider.secret: name and keys',
      ],
      [
        { opencost: { cloudProvider: { settings: { CLUSTER_ID: 'x' } } } },
        '- opencost.cloudProvider: CLUSTER_ID is set by the chart',
      ],
      [
        { opencost: { cloudProvider: { settings: { A: 'x' }, secret: { name: 'cloud', keys: { A: 'a' } } } } },
        '- opencost.cloudProvider.settings: A stands among the keys of the Secret too',
      ],
      [
        { opencost: { url: 'http://opencost.opencost:9003', cloudProvider: { provider: 'AWS' } } },
        "- opencost.cloudProvider: is for an OpenCost of the customer's own",
      ],
      [
        { networkPolicy: { apiServer: { cidrs: [] } } },
        "- at '/networkPolicy/apiServer/cidrs': minItems: got 0, want 1",
      ],
      [{ serviceMonitors: { enabled: true } }, '- serviceMonitors.enabled: the cluster has no ServiceMonitor'],
      [{ ingress: { requireCertManager: true } }, '- ingress.requireCertManager: the cluster has no cert-manager'],
      [{ postgres: { database: 'template1' } }, "- postgres.database: template1 is PostgreSQL's own"],
    ];
    const answers = await mapLimited(cases, helmProcesses, ([overrides]) =>
      refusal({ values: exampleValues(), overrides }),
    );
    for (const [index, [, words]] of cases.entries()) expect(answers[index]).toContain(words);
  });

  it('of an amount that the cluster would refuse at the first customer is named before that', async () => {
    const cases: [Record<string, unknown>, string][] = [
      [
        { api: { resources: { limits: { cpu: '200m' } } } },
        'api.resources.requests.cpu: 250m is more than api.resources.limits.cpu, 200m',
      ],
      [
        { exporter: { resources: { limits: { memory: '63Mi' } } } },
        'exporter.resources.requests.memory: 64Mi is more than exporter.resources.limits.memory, 63Mi',
      ],
      [
        { postgres: { resources: { limits: { memory: '2049Mi' } } } },
        'postgres.resources.limits.memory: 2049Mi is more than quota.containerMax.memory, 2Gi',
      ],
      [
        { limits: { containerDefault: { requests: { 'ephemeral-storage': '129Mi' } } } },
        'limits.containerDefault.requests.ephemeral-storage: 129Mi is more than limits.containerDefault.limits.ephemeral-storage, 128Mi',
      ],
      [{ postgres: { storageSize: '22G' } }, 'postgres.storageSize: 22G is more than quota.claimMax, 20Gi'],
    ];
    for (const [overrides, words] of cases)
      expect(await refusal({ values: exampleValues(), overrides })).toContain(`- ${words}\n`);
    // Exactly as much, in another unit, is no mistake.
    const even = { limits: { cpu: '250m', memory: '262144Ki', 'ephemeral-storage': '65536Ki' } };
    expect(await refusal({ values: exampleValues(), overrides: { api: { resources: even } } })).toBeNull();
    const large = { postgres: { storageSize: '500Gi', resources: { limits: { cpu: '4', memory: '2560Mi' } } } };
    expect(await refusal({ values: exampleValues({ plan: 'enterprise' }), overrides: large })).toBeNull();
  });

  it('does not hide another one', async () => {
    const overrides = { api: { uid: 0, image: { tag: '' } }, postgres: { user: 'Instance' } };
    const words = await refusal({ values: exampleValues(), overrides });
    for (const path of ['/api/uid', '/api/image/tag', '/postgres/user']) expect(words).toContain(`- at '${path}':`);
  });
});
