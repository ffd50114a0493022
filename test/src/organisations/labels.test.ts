import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BillingProject } from '../../../src/contracts/organisation-billing.ts';
import type { Principal } from '../../../src/credentials/principal.ts';
import { rootToken } from '../../harness/worker/api.ts';
import { controlOf } from '../usage/harness.ts';
import { ask, makeOrganisations, type Organisations, type Problem, read } from './billing-story.ts';
import { person } from './harness.ts';

let kube: Organisations['kube'];
let admin: Organisations['admin'];
beforeAll(async () => {
  ({ kube, admin } = await makeOrganisations());
});

describe('labels', () => {
  const put = (who: Principal | string, path: string, body: unknown) =>
    ask<Problem>(who, path, { method: 'PUT', body });

  it('are set by an org-admin and by an operator, and the audit log says what they were', async () => {
    const set = await put(admin, '/projects/idle/labels', { team: 'ops', 'cost-centre': '4711 / EU' });
    expect(set).toMatchObject({
      status: 200,
      body: { data: { namespace: 'idle', labels: { team: 'ops', 'cost-centre': '4711 / EU' } } },
    });
    const again = await put(rootToken, `/projects/idle/labels?organisation=${kube.slug}`, {});
    expect(again).toMatchObject({ status: 200, body: { data: { labels: {} } } });
    const rows = await controlOf(env)
      .prepare("SELECT actor, details FROM audit_log WHERE action = 'project.labelled' AND subject = ? ORDER BY rowid")
      .bind(kube.id)
      .all<{ actor: string; details: string }>();
    expect(rows.results.map(({ actor, details }) => [actor, JSON.parse(details)])).toEqual([
      [`person:${kube.id}/somebody`, expect.objectContaining({ namespace: 'idle', before: {} })],
      ['admin:root', expect.objectContaining({ labels: {}, before: expect.objectContaining({ team: 'ops' }) })],
    ]);
    const { items } = await read<{ items: BillingProject[] }>(admin, '/projects?q=idle');
    expect(items[0]?.labels).toEqual({});
  });

  it('of a namespace that two clusters have need the cluster', async () => {
    const both = await put(admin, '/projects/twin/labels', { team: 'x' });
    expect([both.status, both.body.message]).toEqual([
      422,
      expect.stringMatching(/^cluster is required: local-\d+ and /),
    ]);
    const cluster = kube.projects[5]?.clusterId;
    const one = await put(admin, `/projects/twin/labels?cluster=${cluster}`, { team: 'data' });
    expect(one).toMatchObject({ status: 200, body: { data: { cluster_id: cluster } } });
  });

  it.each([
    ['a key with capitals', { Team: 'x' }],
    ['an empty key', { '': 'x' }],
    ['a key of 64 characters', { ['k'.repeat(64)]: 'x' }],
    ['a value of 129 characters', { team: 'v'.repeat(129) }],
    ['an empty value', { team: ' ' }],
    ['a value of two lines', { team: 'a\nb' }],
    ['a value that is no text', { team: 7 }],
    ['21 labels', Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`k${i}`, 'v']))],
    ['a key that schemas do not see', JSON.parse('{"__proto__": "x"}')],
    ['a list', []],
  ])('refuse %s, and stay as they were', async (_, body) => {
    await put(admin, '/projects/idle/labels', { kept: 'yes' });
    const { status } = await put(admin, '/projects/idle/labels', body);
    expect(status).toBe(422);
    const { items } = await read<{ items: BillingProject[] }>(admin, '/projects?q=idle');
    expect(items[0]?.labels).toEqual({ kept: 'yes' });
  });

  it('are their own only: a project without `constructor` is unlabelled, though every object has one', async () => {
    await put(admin, '/projects/idle/labels', { team: 'ops', constructor: 'us' });
    type Figures = { total: number } & Record<string, unknown>;
    const trends = await read<Figures & { series: { key?: string; kind: string }[] }>(
      admin,
      '/trends?by=label:constructor',
    );
    expect(new Set(trends.series.map(({ key, kind }) => `${kind} ${key}`))).toEqual(
      new Set(['label us', 'unlabelled unlabelled']),
    );
    const attribution = await read<Figures & { shares: { value?: string }[]; unlabelled: { cost: number } }>(
      admin,
      '/attribution?by=label:constructor',
    );
    expect(attribution.shares.map(({ value }) => value)).toEqual(['us']);
    const summary = await read<Figures & { by_label: { key: string; values: { value?: string }[] }[] }>(
      admin,
      '/summary',
    );
    const { values } = summary.by_label.find(({ key }) => key === 'constructor') ?? { values: [] };
    expect(values.map(({ value }) => value)).toEqual(['us']);
  });

  it('are not for a project-user', async () => {
    const { status, body } = await put(person(kube.id, ['idle']), '/projects/idle/labels', { team: 'x' });
    expect([status, body.code]).toEqual([403, 'forbidden']);
  });
});
