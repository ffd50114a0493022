/** Live figures: who is told, when usage was stored, and how a socket ends. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LiveMessage } from '../../../src/contracts/organisation-billing.ts';
import { directoryOf, type Feed, tellLive } from '../../../src/http/live.ts';
import { floorTo, hourMs } from '../../../src/lib/time.ts';
import { eventually } from '../../harness/eventually.ts';
import { type Api, makeApi, rootToken } from '../../harness/worker/api.ts';
import { keysOf, provenMessages, rowWith } from '../usage/harness.ts';
import { deliver, metered } from '../usage/story.ts';
import { callAs, orgAdmin, type Person } from './people.ts';

const bindings = env as unknown as {
  CONTROL: D1Database;
  LIVE: DurableObjectNamespace;
  LIVE_DIRECTORY: DurableObjectNamespace;
};
let api: Api;

interface Side {
  customerId: string;
  organisationId: string;
  slug: string;
  namespace: string;
}

async function side(): Promise<Side> {
  const { customerId, namespace } = await metered(api, {
    activeFrom: new Date(Date.now() - 90 * 86_400_000).toISOString(),
  });
  const row = await bindings.CONTROL.prepare(
    'SELECT o.id, o.slug FROM organisations o JOIN customers c ON c.organisation_id = o.id WHERE c.id = ?',
  )
    .bind(customerId)
    .first<{ id: string; slug: string }>();
  if (!row) throw new Error('no organisation');
  return { customerId, organisationId: row.id, slug: row.slug, namespace };
}

let mine: Side;
let theirs: Side;
beforeAll(async () => {
  api = makeApi();
  mine = await side();
  theirs = await side();
});

const open: WebSocket[] = [];
afterEach(async () => {
  for (const socket of open.splice(0)) socket.close();
  for (const { organisationId } of [mine, theirs])
    await eventually(
      () => seatsOf(organisationId),
      (seats) => seats === 0,
    );
});

const feedOf = (organisationId: string) => bindings.LIVE.get(bindings.LIVE.idFromName(organisationId));
const seatsOf = (organisationId: string) =>
  runInDurableObject(feedOf(organisationId), (_, state) => state.getWebSockets().length);

interface Watcher {
  socket: WebSocket;
  response: Response;
  messages: LiveMessage[];
  closed: { code: number; reason: string } | null;
}

const upgrade = { upgrade: 'websocket', 'sec-websocket-protocol': 'bearer.x' };

async function watch(who: Person, headers: Record<string, string> = upgrade): Promise<Watcher> {
  const response = await callAs(api, who, 'GET', '/api/billing/live', undefined, headers);
  const socket = response.webSocket;
  if (!socket) throw new Error(`${response.status}: ${await response.text()}`);
  const watcher: Watcher = { socket, response, messages: [], closed: null };
  socket.addEventListener('message', ({ data }) => {
    if (data !== 'pong') watcher.messages.push(JSON.parse(String(data)) as LiveMessage);
  });
  socket.addEventListener('close', ({ code, reason }) => {
    watcher.closed = { code, reason };
  });
  socket.accept();
  open.push(socket);
  return watcher;
}

const told = (...sides: Side[]) =>
  tellLive(
    { env: { ...bindings } as never, log: api.outside.log },
    new Map(sides.map(({ organisationId, customerId }) => [organisationId, new Set([customerId])])),
  );

/** Waits until the watcher has been told so often. */
const heard = (watcher: Watcher, messages = 1) =>
  eventually(
    async () => watcher.messages.length,
    (length) => length >= messages,
  );
const over = (watcher: Watcher) =>
  eventually(
    async () => watcher.closed,
    (closed) => closed !== null,
  );
const watched = (...sides: Side[]) =>
  directoryOf(bindings.LIVE_DIRECTORY).watchedAmong(sides.map(({ organisationId }) => organisationId));

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
    const response = await api.call('GET', `/api/billing/live?organisation=${mine.slug}`, { headers });
    expect(response.status).toBe(101);
    const socket = response.webSocket as WebSocket;
    const messages: string[] = [];
    socket.addEventListener('message', ({ data }) => messages.push(String(data)));
    socket.accept();
    open.push(socket);
    await told(mine);
    await eventually(
      async () => messages.length,
      (length) => length === 1,
    );
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
    expect(await deliver(api, provenMessages(env, rows))).toMatchObject({ retried: [] });
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
    expect(api.logs.filter(({ message }) => message.includes('live figures'))).toEqual([]);
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

describe('how a socket ends', () => {
  it('with 4401 when its token has expired, and the others stay', async () => {
    const short = await watch(orgAdmin(mine.organisationId, { expiresAt: api.clock.now + 700 }));
    const long = await watch(orgAdmin(mine.organisationId));
    expect((await over(short))?.code).toBe(4401);
    await told(mine);
    await heard(long);
    expect(short.messages).toEqual([]);
    expect(long.closed).toBeNull();
  });

  it('a token that has expired opens none', async () => {
    const late = await watch(orgAdmin(mine.organisationId, { expiresAt: api.clock.now - 1 }));
    expect((await over(late))?.code).toBe(4401);
  });

  it('a ping is answered and renews the credit; who reads nothing of 500 messages is closed', async () => {
    const silent = await watch(orgAdmin(mine.organisationId, { subject: 'silent' }));
    const alive = await watch(orgAdmin(mine.organisationId, { subject: 'alive' }));
    const exhaust = () =>
      runInDurableObject(feedOf(mine.organisationId), (_, state) => {
        for (const socket of state.getWebSockets()) {
          const seat = socket.deserializeAttachment() as { sent: number };
          socket.serializeAttachment({ ...seat, sent: 500 });
        }
      });
    await exhaust();
    const pong = new Promise((resolve) => alive.socket.addEventListener('message', resolve, { once: true }));
    alive.socket.send('ping');
    await pong;
    await told(mine);
    await heard(alive);
    expect((await over(silent))?.code).toBe(4408);
    expect(silent.messages).toEqual([]);
    expect(alive.closed).toBeNull();
  });

  it('with 1008 when it sends anything but ping', async () => {
    const talker = await watch(orgAdmin(mine.organisationId));
    talker.socket.send('{"type":"subscribe"}');
    expect((await over(talker))?.code).toBe(1008);
  });

  it('and another one takes its place: told of what comes from then on', async () => {
    const first = await watch(orgAdmin(mine.organisationId));
    first.socket.close(1001);
    await eventually(
      () => watched(mine),
      (found) => found.length === 0,
    );
    const second = await watch(orgAdmin(mine.organisationId));
    await told(mine);
    await heard(second);
    expect(first.messages).toEqual([]);
  });

  it('one that opens while the last one leaves is kept in the directory', async () => {
    for (let i = 0; i < 5; i++) {
      const leaving = await watch(orgAdmin(mine.organisationId));
      leaving.socket.close(1000);
      const coming = await watch(orgAdmin(mine.organisationId));
      await told(mine);
      await heard(coming);
      coming.socket.close(1000);
    }
  });
});

describe('what opens none', () => {
  const refusal = async (headers: Record<string, string>, who = orgAdmin(mine.organisationId)) => {
    const response = await callAs(api, who, 'GET', '/api/billing/live', undefined, headers);
    return { status: response.status, code: ((await response.json()) as { code: string }).code };
  };

  it('a plain request, and a page of another site that has only the cookie', async () => {
    expect(await refusal({})).toEqual({ status: 426, code: 'upgrade_required' });
    const foreign = { upgrade: 'websocket', origin: 'https://evil.test' };
    expect(await refusal(foreign)).toEqual({ status: 403, code: 'cross_site' });
    expect(await refusal({ upgrade: 'websocket' })).toEqual({ status: 403, code: 'cross_site' });
    await watch(orgAdmin(mine.organisationId), { upgrade: 'websocket', origin: 'https://api.test' });
  });

  it('one too many of one person, while others still come in', async () => {
    for (let i = 0; i < 25; i++) await watch(orgAdmin(mine.organisationId, { subject: 'many' }));
    const many = orgAdmin(mine.organisationId, { subject: 'many' });
    expect(await refusal(upgrade, many)).toEqual({ status: 429, code: 'too_many_sockets' });
    await watch(orgAdmin(mine.organisationId, { subject: 'other' }));
  });

  it('two tokens that differ, and one that nobody has', async () => {
    const headers = { ...upgrade, 'sec-websocket-protocol': `bearer.${rootToken}` };
    const path = `/api/billing/live?organisation=${mine.slug}`;
    expect((await api.call('GET', path, { headers, token: `${rootToken}0` })).status).toBe(401);
    expect((await api.call('GET', path, { headers: upgrade })).status).toBe(401);
    const elsewhere = { 'sec-websocket-protocol': `bearer.${rootToken}` };
    expect((await api.call('GET', path, { headers: elsewhere })).status).toBe(401);
  });

  it('is given the sub-protocol of ours before the one that holds the token', async () => {
    const both = { ...upgrade, 'sec-websocket-protocol': 'bearer.x.y.z, tenantry.live' };
    const { response } = await watch(orgAdmin(mine.organisationId), both);
    expect(response.headers.get('sec-websocket-protocol')).toBe('tenantry.live');
    const alone = await watch(orgAdmin(mine.organisationId), { ...upgrade, 'sec-websocket-protocol': 'bearer.x.y.z' });
    expect(alone.response.headers.get('sec-websocket-protocol')).toBe('bearer.x.y.z');
  });
});
