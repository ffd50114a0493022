/** Two organisations with usage, and sockets that watch them: what the tests of live figures begin with. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { LiveMessage } from '../../../src/contracts/organisation-billing.ts';
import { directoryOf, tellLive } from '../../../src/http/live.ts';
import { dayMs } from '../../../src/lib/time.ts';
import { eventually } from '../../harness/eventually.ts';
import { type Api, makeApi } from '../../harness/worker/api.ts';
import { metered } from '../usage/story.ts';
import { callAs, type Person } from './people.ts';

export const bindings = env as unknown as {
  CONTROL: D1Database;
  LIVE: DurableObjectNamespace;
  LIVE_DIRECTORY: DurableObjectNamespace;
};

export interface Side {
  customerId: string;
  organisationId: string;
  slug: string;
  namespace: string;
}

async function side(api: Api): Promise<Side> {
  const { customerId, namespace } = await metered(api, {
    activeFrom: new Date(Date.now() - 90 * dayMs).toISOString(),
  });
  const row = await bindings.CONTROL.prepare(
    'SELECT o.id, o.slug FROM organisations o JOIN customers c ON c.organisation_id = o.id WHERE c.id = ?',
  )
    .bind(customerId)
    .first<{ id: string; slug: string }>();
  if (!row) throw new Error('no organisation');
  await bindings.CONTROL.prepare(
    "UPDATE organisations SET issuer = 'https://login.test', issuer_set_at = 0 WHERE id = ?",
  )
    .bind(row.id)
    .run();
  return { customerId, organisationId: row.id, slug: row.slug, namespace };
}

export interface Stage {
  api: Api;
  mine: Side;
  theirs: Side;
}

export async function makeStage(): Promise<Stage> {
  const api = makeApi();
  return { api, mine: await side(api), theirs: await side(api) };
}

export const feedOf = (organisationId: string) => bindings.LIVE.get(bindings.LIVE.idFromName(organisationId));

const open: WebSocket[] = [];

/** Closes every socket that a test has opened, and waits until the objects have seen it. */
export async function closeAll({ mine, theirs }: Stage): Promise<void> {
  for (const socket of open.splice(0)) socket.close();
  for (const { organisationId } of [mine, theirs])
    await eventually(
      () => runInDurableObject(feedOf(organisationId), (_, state) => state.getWebSockets().length),
      (seats) => seats === 0,
    );
}

export interface Watcher {
  socket: WebSocket;
  response: Response;
  messages: LiveMessage[];
  closed: { code: number; reason: string } | null;
}

/** The caller's end of an answer that became a socket. */
export function watcherOf(response: Response): Watcher {
  const socket = response.webSocket;
  if (!socket) throw new Error(`no socket: ${response.status}`);
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

export const upgrade = { upgrade: 'websocket', 'sec-websocket-protocol': 'bearer.x' };

export const watch = async ({ api }: Stage, who: Person, headers: Record<string, string> = upgrade): Promise<Watcher> =>
  watcherOf(await callAs(api, who, 'GET', '/api/billing/live', undefined, headers));

/** Tells the objects as the consumer does. */
export const tell = ({ api }: Stage, ...sides: Side[]) =>
  tellLive(
    { env: { ...bindings } as never, log: api.outside.log },
    new Map(sides.map(({ organisationId, customerId }) => [organisationId, new Set([customerId])])),
  );

/** Waits until the watcher has been told so often. */
export const heard = (watcher: Watcher, messages = 1) =>
  eventually(
    async () => watcher.messages.length,
    (length) => length >= messages,
  );

export const over = (watcher: Watcher) =>
  eventually(
    async () => watcher.closed,
    (closed) => closed !== null,
  );

/** The organisations among the sides' that somebody watches. */
export const watched = (...sides: Side[]) =>
  directoryOf(bindings.LIVE_DIRECTORY).watchedAmong(sides.map(({ organisationId }) => organisationId));
