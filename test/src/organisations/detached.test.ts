/** A namespace that was detached: gone from what is now, and still in what was. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Summary, Trends } from '../../../src/contracts/organisation-billing.ts';
import { dayMs, hourMs } from '../../../src/lib/time.ts';
import { liveCosts } from '../../../src/workflows/organisations/live-costs.ts';
import { controlOf } from '../usage/harness.ts';
import { api, ask, type Problem, read, start } from './billing-story.ts';
import { hoursOf, makeOrganisation, type Organisation, person, reads, storeWindows } from './harness.ts';
import { callAs } from './people.ts';

/** Where `gone` was detached: ten days into this month; `older` a day before the month began. */
const goneAt = start + 10 * dayMs;
const olderAt = start - dayMs;
const names = ['gone', 'older', 'stays'];

let made: Organisation;
const admin = () => person(made.id, null);
const namespacesIn = (rows: readonly { namespace: string }[]) => rows.map(({ namespace }) => namespace).sort();

beforeAll(async () => {
  made = await makeOrganisation(
    names.map((namespace) => ({ namespace, labels: { team: namespace } })),
    start - 20 * dayMs,
  );
  const control = controlOf(env);
  for (const [i, project] of made.projects.entries()) {
    const until = [goneAt, olderAt, api.clock.now - 30 * 60_000][i] as number;
    const from = start - 2 * dayMs;
    await storeWindows(hoursOf(project, from, until, () => ({ cpu_core_ms: 3_600_000 })));
    if (project.namespace === 'stays') continue;
    const detach = 'UPDATE projects SET detached_at = ? WHERE seq = ?';
    await control.prepare(detach).bind(until, project.seq).run();
    await control.prepare('UPDATE ownerships SET until_at = ? WHERE project_seq = ?').bind(until, project.seq).run();
  }
});

describe('a namespace that was detached', () => {
  it('is in no list, metric, message and forecast of now', async () => {
    const listed = await read<{ items: { namespace: string }[]; total: number }>(admin(), '/projects');
    expect([namespacesIn(listed.items), listed.total]).toEqual([['stays'], 1]);
    const metrics = await callAs(api, admin(), 'GET', '/api/billing/metrics');
    const text = await metrics.text();
    expect([text.includes('project="stays"'), text.includes('"gone"'), text.includes('"older"')]).toEqual([
      true,
      false,
      false,
    ]);
    const told = await liveCosts(reads(api.clock.now), made.id, [made.customers[0]?.id ?? '']);
    expect(told.map(({ project }) => project.namespace)).toEqual(['stays']);
    const file = await read<{ namespace: string }[]>(admin(), '/export?what=projects&format=json');
    expect(JSON.stringify(file)).not.toContain('gone');
  });

  it('is refused as one that does not exist, and is none of those that may be seen', async () => {
    for (const path of ['/project/gone/overview', '/trends?namespace=older', '/project/nowhere/overview']) {
      const { status, body } = await ask<Problem>(admin(), path);
      expect([path, status, body.code, body.details['availableNamespaces']]).toEqual([
        path,
        403,
        'namespace_denied',
        ['stays'],
      ]);
    }
    const labels = await ask<Problem>(admin(), '/projects/gone/labels', { method: 'PUT', body: { team: 'x' } });
    expect([labels.status, labels.body.code]).toEqual([403, 'namespace_denied']);
  });

  it('is in the summary and the FOCUS file of every month in which it was there, to the cent', async () => {
    const now = await read<Summary>(admin(), '/summary');
    expect(namespacesIn(now.by_project)).toEqual(['gone', 'stays']);
    // 240 core-hours at $0.05, and those of `stays`.
    expect(now.by_project.find(({ namespace }) => namespace === 'gone')?.cost).toBe(12);
    expect(now.by_label[0]?.values.map(({ value }) => value).sort()).toEqual(['gone', 'stays']);
    const before = await read<Summary>(admin(), '/summary?month=2026-10');
    expect(namespacesIn(before.by_project)).toEqual(names);
    // What this month is compared with had `older`, too: a day, and two of each other one.
    expect(before.total).toBe(6);
    const focus = async (month: string) =>
      await (await callAs(api, admin(), 'GET', `/api/billing/export?format=focus&month=${month}`)).text();
    expect((await focus('2026-11')).includes('/gone"') || (await focus('2026-11')).includes('/gone,')).toBe(true);
    expect(await focus('2026-11')).not.toContain('/older');
    expect(await focus('2026-10')).toContain('/older');
  });

  it('is in trends of a range in which it was there, and its own are read by its name', async () => {
    const iso = (ms: number) => new Date(ms).toISOString();
    const all = await read<Trends>(admin(), `/trends?from=${iso(start - 2 * dayMs)}`);
    expect(all.series.map(({ key }) => key).sort()).toEqual(names);
    const own = await read<Trends>(admin(), `/trends?namespace=gone&from=${iso(goneAt - dayMs)}&granularity=hour`);
    expect(own.total).toBe(1.2);
    const later = await read<Trends>(admin(), `/trends?from=${iso(goneAt)}&to=${iso(goneAt + 3 * hourMs)}`);
    expect(later.series.map(({ key }) => key)).toEqual(['stays']);
  });

  it('comes back when it is attached again', async () => {
    const control = controlOf(env);
    const back = 'UPDATE projects SET detached_at = ? WHERE seq = ?';
    const seq = made.projects[0]?.seq;
    await control.prepare(back).bind(null, seq).run();
    const listed = await read<{ items: { namespace: string }[] }>(admin(), '/projects');
    expect(namespacesIn(listed.items)).toEqual(['gone', 'stays']);
    await control.prepare(back).bind(goneAt, seq).run();
  });
});
