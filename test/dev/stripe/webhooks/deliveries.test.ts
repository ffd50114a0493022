import Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { hourMs, minuteMs } from '../../../../src/lib/time.ts';
import { eventually } from '../../../harness/eventually.ts';
import { beginning, core, openEdge, openListener, type Received, webhookSecret } from '../edge.ts';

const endpoint = (url: string) => ({ webhook: { url, secret: webhookSecret } });
type Row = { event_id: string; attempts: number; answered_at: number | null; next_at: number | null; problem: string };

async function open(
  status?: (received: Received) => number | Promise<number>,
  more: Parameters<typeof openEdge>[0] = {},
) {
  const listener = await openListener(status);
  const edge = await openEdge({ ...endpoint(listener.url), ...more });
  edge.standIn.listen();
  const make = (name: string) => edge.ask('POST', '/v1/products', `name=${name}`);
  const rows = async () => (await edge.ask('GET', '/_stand-in/deliveries')).body['deliveries'] as Row[];
  return { ...edge, edge, listener, make, rows };
}

describe('a webhook', () => {
  it("goes out at once, and is what Stripe's own client accepts and the API shows", async () => {
    const { make, listener, ask, standIn } = await open(undefined, { now: Date.now });
    await make('a');
    await eventually(
      async () => listener.received.length,
      (count) => count === 1,
    );
    const [{ body = '', headers = {} } = {}] = listener.received;
    const event = await new Stripe('sk_test_1').webhooks.constructEventAsync(
      body,
      String(headers['stripe-signature']),
      webhookSecret,
    );
    expect(event).toMatchObject({ object: 'event', type: 'product.created', pending_webhooks: 1, livemode: false });
    await standIn.settled();
    const [{ id } = { id: '' }] = (await ask('GET', '/v1/events')).body['data'] as { id: string }[];
    expect(id).toBe(event.id);
  });

  it('that is refused comes again after 5 and 35 minutes, and is then left alone', async () => {
    let answers = [500, 500, 200];
    const { make, listener, advance, rows } = await open(() => answers.shift() ?? 200);
    answers = [500, 500, 200];
    await make('a');
    await advance(0);
    expect(await rows()).toMatchObject([
      { attempts: 1, answered_at: null, next_at: beginning + 5 * minuteMs, problem: 'HTTP 500' },
    ]);
    await advance(5 * minuteMs - 1);
    expect(listener.received).toHaveLength(1);
    await advance(1);
    expect(listener.received).toHaveLength(2);
    await advance(100 * hourMs);
    expect(listener.received).toHaveLength(3);
    expect(await rows()).toMatchObject([{ attempts: 3, answered_at: beginning + 35 * minuteMs, next_at: null }]);
  });

  it('that nobody answers is given up after three days, and the event stays', async () => {
    const { make, listener, advance, rows, logs } = await open(() => 503);
    await make('a');
    await advance(80 * hourMs);
    expect(await rows()).toMatchObject([{ attempts: 10, answered_at: null, next_at: null }]);
    expect(listener.received).toHaveLength(10);
    expect(logs.join()).toContain('given up');
  });

  it('waits for a listener that comes later, over a restart too, and none is lost', async () => {
    const listener = await openListener();
    const edge = await openEdge(endpoint(listener.url));
    for (const name of ['a', 'b', 'c']) await edge.ask('POST', '/v1/products', `name=${name}`);
    await edge.reopen();
    expect(listener.received).toHaveLength(0);
    edge.standIn.listen();
    await edge.standIn.settled();
    expect(listener.types().toSorted()).toEqual(['prod_a', 'prod_b', 'prod_c']);
  });

  it('of a stand-in that is ended meanwhile goes out again at its next start', async () => {
    const hangs = Promise.withResolvers<number>();
    let calls = 0;
    const { edge, make, listener } = await open(() => (++calls === 1 ? hangs.promise : 200));
    await make('a');
    await eventually(
      async () => listener.received.length,
      (count) => count === 1,
    );
    await edge.reopen();
    hangs.resolve(200);
    edge.standIn.listen();
    await edge.standIn.settled();
    expect(listener.received).toHaveLength(2);
  });

  it('that is not answered keeps nobody from ending the stand-in while it catches up with the clock', async () => {
    const hangs = Promise.withResolvers<number>();
    const { edge, make, listener, clock } = await open(() => hangs.promise);
    await make('a');
    const catchingUp = edge.standIn.runDue(clock.now);
    await eventually(
      async () => listener.received.length,
      (count) => count === 1,
    );
    await edge.reopen();
    await catchingUp;
    hangs.resolve(200);
    expect((await edge.ask('GET', '/_stand-in/deliveries?waiting=true')).body['deliveries']).toMatchObject([
      { attempts: 0 },
    ]);
  });

  it('can be sent once more, answered or not', async () => {
    const { make, listener, ask, rows, advance } = await open();
    await make('a');
    await advance(0);
    const [row] = await rows();
    await ask('POST', '/_stand-in/deliver', { event_id: row?.event_id });
    expect(listener.received).toHaveLength(2);
    expect((await ask('POST', '/_stand-in/deliver', { event_id: 'evt_none' })).status).toBe(404);
  });
});

describe('a fault of webhooks', () => {
  it('duplicate_webhook: it comes twice', async () => {
    const { make, listener, fault, standIn } = await open();
    await fault({ kind: 'duplicate_webhook', times: 1 });
    await make('a');
    await make('b');
    await standIn.settled();
    expect(listener.types().toSorted()).toEqual(['prod_a', 'prod_a', 'prod_b']);
  });

  it('drop_webhook: an attempt does not come, the next one does', async () => {
    const { make, listener, fault, advance } = await open();
    await fault({ kind: 'drop_webhook', times: 1 });
    await make('a');
    await advance(0);
    expect(listener.received).toHaveLength(0);
    await advance(5 * minuteMs);
    expect(listener.types()).toEqual(['prod_a']);
  });

  it('reorder_webhooks: what happens in a moment comes in another order, nothing twice', async () => {
    const { make, listener, fault, standIn } = await open();
    await fault({ kind: 'reorder_webhooks', hold_ms: 1000 });
    const names = Array.from({ length: 12 }, (_, index) => `n${String(index).padStart(2, '0')}`);
    for (const name of names) await make(name);
    await standIn.settled();
    const inOrder = names.map((name) => `prod_${name}`);
    expect(listener.types().toSorted()).toEqual(inOrder);
    expect(listener.types()).not.toEqual(inOrder);
  });
});

it('time is lived through instant by instant: what a webhook makes our side ask happens at that instant', async () => {
  const order: string[] = [];
  const dueAt = [beginning + hourMs, beginning + 3 * hourMs];
  const edge = await openEdge({
    core: core({
      due: (_store, commit, contextAt) => ({
        nextAt: () => dueAt[0] ?? null,
        run: async (at) => {
          if ((dueAt[0] ?? Number.POSITIVE_INFINITY) > at) return;
          dueAt.shift();
          order.push(`due ${(at - beginning) / hourMs} h`);
          await commit(() => contextAt(at).emit('invoice.created', { id: 'in_1', object: 'invoice' }));
        },
      }),
    }),
    ...endpoint(
      (
        await openListener(async ({ body }) => {
          const { type, created } = JSON.parse(body) as { type: string; created: number };
          order.push(`${type} ${(created * 1000 - beginning) / hourMs} h`);
          if (type === 'invoice.created') await edge.ask('POST', '/v1/products', 'name=a');
          return 200;
        })
      ).url,
    ),
  });
  edge.standIn.listen();
  await edge.advance(24 * hourMs);
  expect(order).toEqual([
    'due 1 h',
    'invoice.created 1 h',
    'product.created 1 h',
    'due 3 h',
    'invoice.created 3 h',
    'product.created 3 h',
  ]);
});
