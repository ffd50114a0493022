/** docs/chart.md says what the chart does: its tables, its commands and its examples, each held against what is rendered. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { V1Container, V1Deployment, V1LimitRange, V1ResourceQuota, V1StatefulSet } from '@kubernetes/client-node';
import { beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chartPage } from '../../tools/chart-values.ts';
import { describeWithTools } from '../harness/tools.ts';
import { exampleValues, plans } from './example.ts';
import { chartPath, type Manifest, pick, refusal, render, runHelm } from './helm.ts';
import { allParts, partsOf } from './parts.ts';

const root = resolve(import.meta.dirname, '../..');
let page: string;
beforeAll(async () => {
  page = await readFile(join(root, 'docs/chart.md'), 'utf8');
});

/** Cells of the rows of the table under a heading (`''`: before the first), without its head. */
function rowsUnder(heading: string): string[][] {
  const start = heading === '' ? 0 : page.indexOf(`\n${heading}\n`) + heading.length + 2;
  const text = page.slice(start, page.indexOf('\n#', start + 1));
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
/** Code blocks of a language. */
const blocks = (language: string): string[] =>
  [...page.matchAll(/```(\w*)\n([\s\S]*?)```/g)]
    .filter(([, name]) => name === language)
    .map(([, , text]) => text ?? '');

const plain = (text: string): string => text.replaceAll('`', '');
const pairs = (amounts: Record<string, string> | undefined): string => `${amounts?.['cpu']}, ${amounts?.['memory']}`;
const containerOf = (objects: Manifest[], kind: string, part: string): V1Container => {
  const [container] = pick<V1Deployment>(objects, kind, part).spec?.template.spec?.containers ?? [];
  if (!container) throw new Error(`${part} has no container`);
  return container;
};

describeWithTools(['helm'], 'docs/chart.md', () => {
  it('lists every part with its port, its user and what it asks for', async () => {
    const objects = await render(exampleValues({ plan: 'enterprise' }));
    const metrics = 'its metrics container, :9187';
    const listed = rowsUnder('').map(([part = '', uid = '', asks = '']) => [
      plain(part).replace(', Enterprise', ''),
      uid,
      asks,
    ]);
    const rows = listed.filter(([part]) => part !== metrics);
    const [, beside] = pick<V1StatefulSet>(objects, 'StatefulSet', 'postgres').spec?.template.spec?.containers ?? [];
    const { requests, limits } = beside?.resources ?? {};
    expect(listed.find(([part]) => part === metrics)?.[2]).toBe(`${pairs(requests)} (${pairs(limits)})`);
    const workloads = objects.filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind));
    const expected = workloads.map(({ kind, metadata }) => {
      const part = metadata.labels?.['app.kubernetes.io/component'] ?? '';
      const { resources, ports } = containerOf(objects, kind, part);
      const { template, volumeClaimTemplates } = pick<V1StatefulSet>(objects, kind, part).spec ?? {};
      const claim = volumeClaimTemplates?.[0]?.spec?.resources?.requests?.['storage'];
      return [
        `…-${part} ${kind}, :${ports?.[0]?.containerPort}`,
        String(template?.spec?.securityContext?.runAsUser),
        `${pairs(resources?.requests)} (${pairs(resources?.limits)})${claim ? `, ${claim} claim` : ''}`,
      ];
    });
    expect(rows.sort()).toEqual(expected.sort());
  });

  it('lists the limits of every plan as they are rendered', async () => {
    const columns = await Promise.all(
      plans.map(async (plan) => {
        const objects = await render(exampleValues({ plan }));
        const hard = pick<V1ResourceQuota>(objects, 'ResourceQuota', 'quota').spec?.hard ?? {};
        const [container, claim] = pick<V1LimitRange>(objects, 'LimitRange', 'limits').spec?.limits ?? [];
        const max = container?.max ?? {};
        return [
          `${hard['requests.cpu']} vCPU, ${hard['requests.memory']}, ${hard['limits.ephemeral-storage']} on node disks`,
          `${max['cpu']} vCPU, ${max['memory']}, ${max['ephemeral-storage']} on node disks`,
          `${hard['requests.storage']}, ${claim?.max?.['storage']}`,
          `${hard['pods']}, ${hard['persistentvolumeclaims']}, ${hard['services']}`,
          `${hard['services.loadbalancers']}, ${hard['services.nodeports']}`,
        ];
      }),
    );
    const rows = rowsUnder('## Limits').map(([, ...cells]) => cells);
    expect(rows).toEqual(columns[0]?.map((_, row) => columns.map((column) => column[row])));
  });

  it('lists the Secrets that the pods refer to, and the key of each', async () => {
    const pods = JSON.stringify(
      (await render(exampleValues({ plan: 'enterprise' }))).filter(({ kind }) => /Deployment|StatefulSet/.test(kind)),
    );
    const references = /"(?:secretName":|secret":\{"name":|secretKeyRef":\{"name":)"([^"]+)"/g;
    const named = new Set([...pods.matchAll(references)].map(([, name]) => name));
    const rows = rowsUnder('## Secrets').map(([name = '', key = '']) => [plain(name), plain(key)]);
    expect(rows.map(([name]) => name).sort()).toEqual([...named].sort());
    const config = JSON.stringify(await render(exampleValues({ plan: 'enterprise' })));
    for (const [name, key] of rows)
      expect([name, new RegExp(`/run/secrets/[a-z]+/${key}"|"key":"${key}"`).test(config)]).toEqual([name, true]);
  });

  it('has every value in the README beside the chart, as values.yaml and the schema have it', async () => {
    expect(await readFile(join(chartPath, 'README.md'), 'utf8')).toBe(await chartPage());
    const values = parse(await readFile(join(chartPath, 'values.yaml'), 'utf8'));
    const readme = await chartPage();
    for (const name of Object.keys(values)) expect(readme).toContain(`| \`${name}`);
  });

  it('gives a command that renders', async () => {
    const [command = ''] = blocks('').filter((text) => text.startsWith('helm '));
    const [program, ...args] = command.trim().split(' ');
    expect(program).toBe('helm');
    const inRoot = args.map((arg) => (arg.startsWith('charts/') ? join(root, arg) : arg));
    expect(await runHelm(inRoot)).toMatchObject({ ok: true, stdout: expect.stringContaining('kind: Deployment') });
  });

  it('gives examples of values that the chart takes', async () => {
    const examples = blocks('yaml');
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples)
      expect(await refusal({ values: exampleValues(), overrides: parse(example) })).toBeNull();
  });

  it('quotes the words of a mistake as Helm says them', async () => {
    const schema = await refusal({ values: exampleValues(), overrides: { api: { image: { tag: 1 } } } });
    const guard = await refusal({
      values: exampleValues(),
      overrides: { api: { env: [{ name: 'PORT', value: '1' }] } },
    });
    const quoted = [...page.matchAll(/`((?:at '|api\.env\[0\])[^`]+)`/g)].map(([, words]) => words ?? '');
    expect(quoted).toHaveLength(2);
    expect(schema).toContain(quoted[0]);
    expect(guard).toContain(quoted[1]);
  });

  it('says of every image that it ships without a digest, as it does', async () => {
    const values = parse(await readFile(join(chartPath, 'values.yaml'), 'utf8'));
    for (const { key } of allParts) expect([key, values[key].image.digest]).toEqual([key, '']);
    expect(values.postgres.metrics.image.digest).toBe('');
    expect(values.requireDigest).toBe(false);
    for (const part of ['api', 'dashboard', 'exporter', 'mosquittoExporter'])
      expect(page).toContain(`\`${values[part].image.repository}\``);
    expect(page).toContain(`tag \`${values.postgres.image.tag}\``);
  });

  it('sums up what the stack asks for', async () => {
    const objects = await render(exampleValues());
    const containers = partsOf('starter').flatMap(
      ({ kind, component }) => pick<V1Deployment>(objects, kind, component).spec?.template.spec?.containers ?? [],
    );
    const total = (side: 'requests' | 'limits', name: string) =>
      containers.reduce((sum, { resources }) => sum + Number.parseInt(resources?.[side]?.[name] ?? '', 10), 0);
    const words = page.replaceAll('\n', ' ');
    expect(words).toContain(
      `takes ${total('requests', 'cpu')}m, ${total('requests', 'memory')}Mi and ${total('requests', 'ephemeral-storage')}Mi of node disk of the requests`,
    );
    const onACluster = await readFile(join(root, 'docs/on-a-cluster.md'), 'utf8');
    expect(onACluster).toContain(
      `room for ${total('requests', 'cpu')}m and ${total('requests', 'memory')}Mi a customer`,
    );
    expect(onACluster).toContain(`one customer asks for ${total('requests', 'cpu')}m`);
    const [cores, memory, disk] = ['cpu', 'memory', 'ephemeral-storage'].map((name) => total('limits', name));
    expect(words).toContain(
      `${(cores ?? 0) / 1000} vCPU, ${memory?.toLocaleString('en')}Mi and ${(disk ?? 0) / 1024}Gi of the limits`,
    );
  });
});
