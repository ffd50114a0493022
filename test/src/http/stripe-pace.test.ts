/** The pace of calls to Stripe: no more than so many a second, and a hold is never behind what is less urgent. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { type Bucket, classOf, drawFrom, type Level, paced, pacedOnce } from '../../../src/http/stripe-pace.ts';

const form = 'automatically_finalizes_at=1780000000&auto_advance=true';

describe('calls to Stripe', () => {
  it.each([
    ['POST', '/v1/invoices/in_1', form, 'hold'],
    ['POST', '/v1/invoices/in_1', 'default_payment_method=pm_1', 'other'],
    ['POST', '/v1/invoices/in_1/add_lines', '', 'lines'],
    ['POST', '/v1/invoices/in_1/finalize', '', 'lines'],
    ['POST', '/v1/invoices', '', 'lines'],
    ['GET', '/v1/invoices/in_1', '', 'other'],
    ['POST', '/v1/customers', '', 'other'],
  ] as const)('%s %s is told by what it does', (method, path, body, kind) => {
    expect(classOf(method, path, body)).toBe(kind);
  });

  it('are no more than so many a second, whoever waits', () => {
    let level: Level | null = null;
    let now = 0;
    let done = 0;
    while (now < 10_000) {
      const drawn = drawFrom(level, now, 80, 0.2);
      level = drawn.level;
      if (drawn.waitMs === 0) done += 1;
      now += drawn.waitMs;
    }
    expect(done).toBeGreaterThan(790);
    expect(done).toBeLessThanOrEqual(80 + 800);
  });

  it('leave room for holds while others wait', () => {
    let level: Level = { left: 80, at: 0 };
    for (let calls = 0; calls < 200; calls++) ({ level } = drawFrom(level, 0, 80, 0.2));
    expect(drawFrom(level, 0, 80, 0.2).waitMs).toBeGreaterThan(0);
    const lines = drawFrom(level, 0, 80, 0.1);
    expect(lines.waitMs).toBe(0);
    for (let calls = 0; calls < 16; calls++) {
      const hold = drawFrom(level, 0, 80, 0);
      expect(hold.waitMs).toBe(0);
      ({ level } = hold);
    }
    expect(drawFrom(level, 0, 80, 0).waitMs).toBeGreaterThan(0);
  });

  it('share one bucket in a Durable Object, and go where it cannot be asked', async () => {
    const { RATE_LIMITER: limiters } = env as unknown as { RATE_LIMITER: DurableObjectNamespace };
    const bucket = limiters.get(limiters.idFromName('test')) as unknown as Bucket;
    expect([await bucket.draw(1, 0), (await bucket.draw(1, 0)) > 0]).toEqual([0, true]);
    const broken = { get: () => ({ draw: () => Promise.reject(new Error('away')) }), idFromName: () => 'x' };
    const warned: string[] = [];
    const send = pacedOnce(
      async () => new Response('there'),
      broken as unknown as DurableObjectNamespace,
      80,
      (_, message) => warned.push(message),
    );
    expect(await (await send('https://api.stripe.com/v1/customers', {})).text()).toBe('there');
    expect(warned).toEqual(['the pace of calls to Stripe could not be asked']);
  });

  describe('wait', () => {
    const customers = 'https://api.stripe.com/v1/customers';
    /** A way of calling by a bucket that says to wait so long each time; what happens, in order. */
    function by(waits: () => number) {
      const deeds: string[] = [];
      const bucket: Bucket = {
        async draw(perSecond, reserve) {
          const ms = waits();
          deeds.push(`draw ${perSecond} ${reserve}: ${ms}`);
          return ms;
        },
      };
      const send = paced(
        async () => {
          deeds.push('sent');
          return new Response('there');
        },
        { bucket, perSecond: 80, sleep: async (ms) => void deeds.push(`slept ${ms}`), log: () => {} },
      );
      return { deeds, send };
    }

    it('as long as the bucket says, and go when it lets them', async () => {
      const waits = [30, 20, 0];
      const { deeds, send } = by(() => waits.shift() ?? 0);
      expect((await send(customers, {})).status).toBe(200);
      expect(deeds).toEqual(['draw 80 0.2: 30', 'slept 30', 'draw 80 0.2: 20', 'slept 20', 'draw 80 0.2: 0', 'sent']);
    });

    it('5 seconds at most, and go then whatever it says', async () => {
      const { deeds, send } = by(() => 1_250);
      const hold = { method: 'POST', body: form };
      expect((await send('https://api.stripe.com/v1/invoices/in_1', hold)).status).toBe(200);
      const round = ['draw 80 0: 1250', 'slept 1250'];
      expect(deeds).toEqual([...round, ...round, ...round, ...round, 'sent']);
    });
  });
});
