/** Live figures: who is told, and when: after usage was stored. */
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Feed, tellLive } from '../../../src/http/live.ts';
import { floorTo, hourMs } from '../../../src/lib/time.ts';
import { eventually } from '../../harness/eventually.ts';
import { rootToken } from '../../harness/worker/api.ts';
import { keysOf, provenMessages, rowWith } from '../usage/harness.ts';
import { deliver } from '../usage/story.ts';
import { orgAdmin, type Person } from './people.ts';
import {
  bindings,
  closeAll,
  feedOf,
  heard,
  makeStage,
  watch as open,
  type Side,
  type Stage,
  tell,
  upgrade,
  watched,
  watcherOf,
} from './watchers.ts';

let stage: Stage;
let mine: Side;
let theirs: Side;
beforeAll(async () => {
  stage = await makeStage();
  ({ mine, theirs } = stage);
});
afterEach(() => closeAll(stage));
const watch = (who: Person, headers?: Record<string, string>) => open(stage, who, headers);
const told = (...sides: Side[]) => tell(stage, ...sides);

describe('who is told', () => {
  it('an org-admin is told of each project of a customer whose usage was stored', async () => {
    const watcher = await watch(orgAdmin(mine.organisationId));
    await told(mine, theirs);
    await heard(watcher);
    expect(watcher.messages).toEqual([
      {
        type: 'cost',
        namespace: mine.namespace,
        cluster_id: 'local',
        current_month_total: 0,
        total_cost_per_hour: 0,
        as_of: null,
      },
    ]);
  });

  it('a person of another organisation is told nothing of it', async () => {
    const other = await watch(orgAdmin(theirs.organisationId));
    const own = await watch(orgAdmin(mine.organisationId));
    await told(mine);
    await heard(own);
    await told(theirs);
    await heard(other);
    expect(other.messages.map(({ namespace }) => namespace)).toEqual([theirs.namespace]);
  });

  it('somebody with some namespaces is told of those only, also when the token names a foreign one', async () => {
    const none = await watch(orgAdmin(mine.organisationId, { namespaces: ['elsewhere', theirs.namespace] }));
    const some = await watch(orgAdmin(mine.organisationId, { namespaces: [mine.namespace] }));
    await told(mine, theirs);
    await heard(some);
    expect(none.messages).toEqual([]);
  });

  it('an admin who names the organisation is told, too', async () => {
    const headers = { ...upgrade, 'sec-websocket-protocol': `bearer.${rootToken}` };
    const path = `/api/billing/live?organisation=${mine.slug}`;
    const watcher = watcherOf(await stage.api.call('GET', path, { headers }));
    await told(mine);
    await heard(watcher);
  });
});

describe('after usage was stored', () => {
  it('a batch of many windows is one message a namespace', async () => {
    const watcher = await watch(orgAdmin(mine.organisationId));
    const keys = await keysOf(env, mine.customerId);
    const newest = floorTo(Date.now(), hourMs);
    const rows = Array.from({ length: 50 }, (_, i) =>
      rowWith({ cpu_hours: 1 }, { ...keys, windowEnd: newest - i * hourMs, revision: Date.now() }),
    );
    const begun = Date.now();
    expect(await deliver(stage.api, provenMessages(env, rows))).toMatchObject({ retried: [] });
    await heard(watcher);
    const soFar = rows.filter(
      ({ windowEnd }) => windowEnd > Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth()),
    );
    expect(watcher.messages[0]).toMatchObject({
      current_month_total: Number((soFar.length * 0.05).toFixed(2)),
      total_cost_per_hour: 0.05,
      as_of: soFar.length > 0 ? new Date(newest).toISOString() : null,
    });
    expect(Date.now() - begun).toBeLessThan(2000);
    await told(mine);
    await heard(watcher, 2);
    expect(watcher.messages).toHaveLength(2);
    expect(stage.api.logs.filter(({ message }) => message.includes('live figures'))).toEqual([]);
  });

  it('what comes while figures are read is one reading more, however often it comes', async () => {
    const watcher = await watch(orgAdmin(mine.organisationId));
    const feed = feedOf(mine.organisationId) as unknown as Feed;
    await Promise.all(Array.from({ length: 40 }, () => feed.stored(mine.organisationId, [mine.customerId])));
    await heard(watcher);
    await told(mine);
    await heard(watcher, 2);
    expect(watcher.messages.length).toBeLessThan(10);
  });

  it('nobody is asked where nobody watches', async () => {
    expect(await watched(mine, theirs)).toEqual([]);
    const watcher = await watch(orgAdmin(mine.organisationId));
    expect(await watched(mine, theirs)).toEqual([mine.organisationId]);
    watcher.socket.close(1000);
    await eventually(
      () => watched(mine),
      (found) => found.length === 0,
    );
  });

  it('an object that fails, or that hangs, costs usage nothing', async () => {
    const logs: string[] = [];
    const log = (_: string, message: string) => void logs.push(message);
    const broken = (answer: () => unknown) => ({ idFromName: () => 'x', get: () => ({ watchedAmong: answer }) });
    const stored = new Map([[mine.organisationId, new Set([mine.customerId])]]);
    const failing = broken(() => Promise.reject(new Error('away')));
    await tellLive({ env: { ...bindings, LIVE_DIRECTORY: failing } as never, log }, stored);
    const begun = Date.now();
    await tellLive({ env: { ...bindings, LIVE_DIRECTORY: broken(() => new Promise(() => {})) } as never, log }, stored);
    expect(Date.now() - begun).toBeLessThan(10_000);
    expect(logs).toHaveLength(2);
  });
});
