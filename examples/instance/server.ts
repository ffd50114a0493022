/** Listens from the first moment on, so that probes are answered: `/health`, and `/ready` once the rest can be used. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';

export interface Door {
  /** Where it listens. */
  port: number;
  /** From here on requests are answered by the app, and `/ready` by the check, which throws why not. */
  open(app: Hono, check: () => Promise<void>): void;
  /** Takes no further requests, and resolves when those that it has are answered. */
  close(): Promise<void>;
}

const checkWithinMs = 2_000;
/** Requests that take longer are cut off. */
const closeWithinMs = 8_000;

export async function openDoor(host: string, port: number): Promise<Door> {
  let answering: { app: Hono; check: () => Promise<void> } | null = null;
  let closing = false;
  const door = new Hono()
    .get('/health', (context) => context.json({ status: 'ok' }))
    .get('/ready', async (context) => {
      const why = closing ? 'it ends' : answering === null ? 'it starts' : await reasonOf(answering.check);
      return why === null ? context.json({ status: 'ready' }) : context.json({ status: 'not ready', reason: why }, 503);
    })
    .all('*', (context) =>
      answering === null
        ? context.json({ error: 'Not ready', message: 'The instance starts.', details: {} }, 503)
        : answering.app.fetch(context.req.raw, context.env),
    );
  const server: Server = createServer(getRequestListener(door.fetch));
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    open(app, check) {
      answering = { app, check };
    },
    async close() {
      closing = true;
      const closed = once(server, 'close');
      server.close();
      const late = setTimeout(() => server.closeAllConnections(), closeWithinMs);
      await closed;
      clearTimeout(late);
    },
  };
}

async function reasonOf(check: () => Promise<void>): Promise<string | null> {
  const late = new Promise<never>((_answered, fail) => {
    setTimeout(() => fail(new Error('the database did not answer in time')), checkWithinMs).unref();
  });
  try {
    await Promise.race([check(), late]);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
