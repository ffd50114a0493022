/** The stand-in's edge with a core of its own: one operation that changes something, one that is declined, one that breaks. */

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { readBody } from '../../../dev/data/http.ts';
import { assemble, type Core, type StandInOptions } from '../../../dev/stripe/assemble.ts';
import { cardError, refuse } from '../../../dev/stripe/errors.ts';
import { operation } from '../../../dev/stripe/operation.ts';

export const secretKey = 'sk_test_edge';
export const webhookSecret = 'whsec_edge';
/** Where the tests' clock begins. */
export const beginning = Date.parse('2026-11-21T00:00:00Z');

const create = operation({
  method: 'POST',
  path: '/v1/products',
  parameters: { name: 'text', fails: { one: ['declined', 'broken', 'refused'] } },
  run(context, { values: { name = '', fails } }) {
    const product = { id: `prod_${name}`, object: 'product', name };
    context.emit('product.created', product);
    if (fails === 'declined') return cardError('Your card was declined.', 'card_declined');
    if (fails === 'broken') throw new Error('a mistake of ours');
    if (fails === 'refused') refuse('No.');
    return product;
  },
});
const read = operation({
  method: 'GET',
  path: '/v1/events',
  parameters: {},
  run: ({ store }) => {
    const data = store.events({ sinceMs: 0, limit: 1000 });
    return { object: 'list', url: '/v1/events', has_more: false, data } as { object: string };
  },
});

export const core = (more: Partial<Core> = {}): Core => ({
  operations: [create, read],
  due: () => ({ nextAt: () => null, run: async () => {} }),
  doorRoutes: () => [],
  pages: () => async (_, response) => void response.writeHead(404).end(),
  ...more,
});

export type Received = { headers: IncomingMessage['headers']; body: string };

/** Something that listens to webhooks. @param status what it answers */
export async function openListener(status: (received: Received) => number | Promise<number> = () => 200) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void readBody(request, 1_000_000).then(async (body) => {
      const one = { headers: request.headers, body: body?.toString('utf8') ?? '' };
      received.push(one);
      response.writeHead(await status(one)).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const types = () =>
    received.map(({ body }) => (JSON.parse(body) as { data: { object: { id: string } } }).data.object.id);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received, types };
}

/** A stand-in that is gone with the test, on a clock that the test moves. */
export async function openEdge(options: Partial<StandInOptions> & { core?: Core } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-edge-'));
  const clock = { now: beginning };
  const logs: string[] = [];
  const { core: used = core(), ...rest } = options;
  const open = () =>
    assemble(
      used,
      { path: join(folder, 'stripe.sqlite'), secretKey, now: () => clock.now, callsPerSecond: null, ...rest },
      (line) => logs.push(line),
    );
  let standIn = await open();
  onTestFinished(async () => {
    await standIn.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const ask = async (
    method: string,
    path: string,
    form: string | object = '',
    headers: Record<string, string> = {},
  ) => {
    const body =
      method === 'GET' || form === '' ? {} : { body: typeof form === 'string' ? form : JSON.stringify(form) };
    const response = await fetch(`${standIn.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${secretKey}`, ...headers },
      ...body,
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  };
  return {
    clock,
    logs,
    ask,
    get standIn() {
      return standIn;
    },
    fault: (rule: object) => ask('POST', '/_stand-in/faults', rule),
    /** Moves the clock and lives through what is due. */
    async advance(ms: number) {
      clock.now += ms;
      await standIn.runDue(clock.now);
    },
    async reopen() {
      await standIn.close();
      standIn = await open();
    },
  };
}
