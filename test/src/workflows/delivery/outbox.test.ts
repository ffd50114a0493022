import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CustomerAnswer, SignupAnswer } from '../../../../src/contracts/customers.ts';
import { openDb } from '../../../../src/db/client.ts';
import { parseEnv } from '../../../../src/env.ts';
import type { StripeResult } from '../../../../src/stripe/call.ts';
import type { StripePort } from '../../../../src/stripe/port.ts';
import type { Carriers } from '../../../../src/workflows/delivery/carriers.ts';
import { deliverOutbox, sweepOutbox } from '../../../../src/workflows/delivery/deliver-outbox.ts';
import { ringAgain } from '../../../../src/workflows/delivery/ring-again.ts';
import { ensureCluster, makeApi, rootToken } from '../../../harness/worker/api.ts';
import { noInvoicing } from '../../../harness/worker/context.ts';

const api = makeApi();
const env = parseEnv(api.bindings);
const db = openDb(env.CONTROL);
const minuteMs = 60_000;

beforeAll(async () => {
  await ensureCluster(api);
});
beforeEach(async () => {
  await env.CONTROL.batch([
    env.CONTROL.prepare("UPDATE outbox SET state = 'confirmed'"),
    env.CONTROL.prepare("UPDATE jobs SET state = 'completed'"),
  ]);
});

/** A Stripe that is asked for customers alone. */
const customersOnly = (customers: Pick<StripePort['customers'], 'create' | 'find'>): StripePort =>
  ({ customers }) as unknown as StripePort;

/** A Stripe that remembers by idempotency key, as the real one does for 24 h, and fails when it is told to. */
function fakeStripe() {
  const byKey = new Map<string, string>();
  const customers: { id: string; customerId: string }[] = [];
  const state = { failure: null as null | 'before' | 'after', calls: [] as string[] };
  const unclear = { ok: false as const, error: { kind: 'unclear' as const, code: 'timeout' } };
  const stripe = customersOnly({
    async create(input, key): Promise<StripeResult<string>> {
      state.calls.push(key);
      if (state.failure === 'before') return unclear;
      const known = byKey.get(key);
      const id = known ?? `cus_${input.customerId}_${customers.length + 1}`;
      if (!known) customers.push({ id, customerId: input.customerId });
      byKey.set(key, id);
      return state.failure === 'after' ? unclear : { ok: true, value: id };
    },
    async find(input) {
      return { ok: true, value: customers.find((c) => c.customerId === input.customerId)?.id ?? null };
    },
  });
  return { stripe, state, customers, forgetKeys: () => byKey.clear() };
}

function makeCarriers(stripe: StripePort | null, queue: 'up' | 'down' = 'up') {
  const rung: { message: unknown; delaySeconds: number | undefined }[] = [];
  const doorbell = () =>
    ({
      send: async (message: unknown, options?: { delaySeconds?: number }) => {
        if (queue === 'down') throw new Error('queue is down');
        rung.push({ message, delaySeconds: options?.delaySeconds });
      },
      sendBatch: async (messages: { body: unknown }[]) =>
        void rung.push(...messages.map(({ body }) => ({ message: body, delaySeconds: undefined }))),
    }) as unknown as Queue;
  const carriers: Carriers = {
    db,
    now: () => api.clock.now,
    log: api.outside.log,
    stripe,
    tax: false,
    boundPrice: () => null,
    ...noInvoicing,
    doorbell,
    ...noMail,
  };
  return { carriers, rung };
}

/** Nothing here is mailed. */
const noMail = {
  mail: null,
  refresh: async () => ({ outbox: [] }),
  linkSecrets: () => [],
  publicUrl: 'https://x.test',
};

/** A signup whose own delivery cannot happen: the platform's carriers are not these. */
async function signUpQuietly(email: string): Promise<SignupAnswer> {
  const bindings = { DOORBELL_LOCAL: { send: () => Promise.reject(new Error('down')) }, STRIPE_SECRET_KEY: undefined };
  const made = await api.call('POST', '/api/customers/signup', { body: { email, company_name: 'Outbox' }, bindings });
  expect(made.status).toBe(201);
  api.clock.now += 10 * minuteMs;
  return (await made.json()) as SignupAnswer;
}

const stripeIdOf = async (made: SignupAnswer) => {
  const read = await api.call('GET', `/api/customers/${made.customer.customer_id}`, { token: rootToken });
  return ((await read.json()) as CustomerAnswer).customer.stripe_customer_id;
};

describe('a signup while Stripe and the queue are down', () => {
  it('succeeds, and both get what they missed when they are back', async () => {
    const made = await signUpQuietly('both-down@example.com');
    expect(await stripeIdOf(made)).toBeNull();
    const { stripe, customers } = fakeStripe();
    const { carriers, rung } = makeCarriers(stripe);
    await deliverOutbox(carriers);
    expect(await stripeIdOf(made)).toBe(customers[0]?.id);
    expect(rung).toEqual([
      { message: { v: 1, cluster_id: 'local', job_id: made.deployment.job_id }, delaySeconds: undefined },
    ]);
  });
});

describe('a Stripe call whose outcome is unclear', () => {
  it('is sent again under the same key, and makes one customer', async () => {
    const made = await signUpQuietly('unclear@example.com');
    const fake = fakeStripe();
    const { carriers } = makeCarriers(fake.stripe);
    fake.state.failure = 'after';
    await deliverOutbox(carriers);
    fake.state.failure = null;
    api.clock.now += 60 * minuteMs;
    await deliverOutbox(carriers);
    expect(new Set(fake.state.calls).size).toBe(1);
    expect(fake.customers).toHaveLength(1);
    expect(await stripeIdOf(made)).toBe(fake.customers[0]?.id);
  });

  it('is looked up before a new key is used once the old one may be forgotten', async () => {
    const made = await signUpQuietly('forgotten@example.com');
    const fake = fakeStripe();
    const { carriers } = makeCarriers(fake.stripe);
    fake.state.failure = 'after';
    await deliverOutbox(carriers);
    fake.state.failure = null;
    fake.forgetKeys();
    api.clock.now += 30 * 60 * minuteMs;
    await deliverOutbox(carriers);
    expect(fake.customers).toHaveLength(1);
    expect(fake.state.calls).toHaveLength(1);
    expect(await stripeIdOf(made)).toBe(fake.customers[0]?.id);
  });

  it('takes a new key only after the look-up shows that nothing is there', async () => {
    const made = await signUpQuietly('never@example.com');
    const fake = fakeStripe();
    const { carriers } = makeCarriers(fake.stripe);
    fake.state.failure = 'before';
    await deliverOutbox(carriers);
    fake.state.failure = null;
    api.clock.now += 30 * 60 * minuteMs;
    await deliverOutbox(carriers);
    expect(new Set(fake.state.calls).size).toBe(2);
    expect(fake.customers).toHaveLength(1);
    expect(await stripeIdOf(made)).toBe(fake.customers[0]?.id);
  });

  it('makes one customer when two senders work at once', async () => {
    await signUpQuietly('two-senders@example.com');
    const fake = fakeStripe();
    const { carriers } = makeCarriers(fake.stripe);
    await Promise.all([deliverOutbox(carriers), deliverOutbox(carriers), deliverOutbox(carriers)]);
    expect(fake.state.calls).toHaveLength(1);
  });
});

describe('what Stripe refuses', () => {
  it('is not sent again by itself: a person sees it, and has it sent under a new key or dropped', async () => {
    const made = await signUpQuietly('refused@example.com');
    const keys: string[] = [];
    const refusing = customersOnly({
      create: async (_, key) => {
        keys.push(key);
        return { ok: false, error: { kind: 'refused', code: 'email_invalid' } };
      },
      find: async () => ({ ok: true, value: null }),
    });
    const { carriers } = makeCarriers(refusing);
    for (let hour = 0; hour < 5; hour++) {
      await deliverOutbox(carriers);
      api.clock.now += 60 * minuteMs;
    }
    expect(keys).toHaveLength(1);
    const seen = await api.call('GET', '/api/outbox', { token: rootToken });
    const { items } = await seen.json<{ items: { outbox_id: string; subject: string }[] }>();
    expect(items).toMatchObject([{ kind: 'stripe_customer', state: 'never', last_error: 'email_invalid' }]);
    expect(items[0]?.subject).toBe(made.customer.customer_id);
    const bindings = { STRIPE_SECRET_KEY: undefined };
    const path = `/api/outbox/${items[0]?.outbox_id}`;
    const body = { reason: 'the address was mended' };
    expect((await api.call('POST', `${path}/retry`, { token: rootToken, body, bindings })).status).toBe(200);
    api.clock.now += 60 * minuteMs;
    const good = fakeStripe();
    await deliverOutbox(makeCarriers(good.stripe).carriers);
    expect(good.state.calls).toHaveLength(1);
    expect(good.state.calls[0]).not.toBe(keys[0]);
    expect(await stripeIdOf(made)).toBe(good.customers[0]?.id);
    const twice = await api.call('POST', `${path}/drop`, { token: rootToken, body });
    expect(await twice.json()).toMatchObject({ code: 'outbox_not_refused' });
  });

  it('for our key is tried again: the key is at fault, not the row', async () => {
    const made = await signUpQuietly('denied@example.com');
    const denying = customersOnly({
      create: async () => ({ ok: false, error: { kind: 'denied', code: 'invalid_api_key' } }),
      find: async () => ({ ok: true, value: null }),
    });
    await deliverOutbox(makeCarriers(denying).carriers);
    api.clock.now += 60 * minuteMs;
    const good = fakeStripe();
    await deliverOutbox(makeCarriers(good.stripe).carriers);
    expect(await stripeIdOf(made)).toBe(good.customers[0]?.id);
  });
});

describe('a tick of cron', () => {
  it('goes on behind rows that are put off, and takes four hundred at most', async () => {
    const rows = Array.from({ length: 450 }, (_, n) => ({
      id: `out_${n}`,
      due: api.clock.now - 1000 + n,
      binding: n < 150 ? 'DOORBELL_DOWN' : 'DOORBELL_LOCAL',
    }));
    await env.CONTROL.prepare(
      `INSERT INTO outbox (id, kind, payload, state, next_at, created_at)
      SELECT value ->> 'id', 'doorbell', json_object('cluster_id', 'local', 'queue_binding', value ->> 'binding', 'job_id', value ->> 'id'),
        'planned', value ->> 'due', value ->> 'due' FROM json_each(?)`,
    )
      .bind(JSON.stringify(rows))
      .run();
    const { carriers, rung } = makeCarriers(null);
    const up = carriers.doorbell('DOORBELL_LOCAL');
    const down = { send: () => Promise.reject(new Error('down')) } as unknown as Queue;
    const half = { ...carriers, doorbell: (binding: string) => (binding === 'DOORBELL_DOWN' ? down : up) };
    expect(await sweepOutbox(half)).toBe(250);
    const jobs = rung.map(({ message }) => (message as { job_id: string }).job_id);
    expect(jobs.toSorted()).toEqual(
      rows
        .slice(150, 400)
        .map(({ id }) => id)
        .toSorted(),
    );
    // A tick later: what was left, and nothing twice.
    expect(await sweepOutbox(half)).toBe(50);
    expect(new Set(rung.map(({ message }) => (message as { job_id: string }).job_id)).size).toBe(300);
  });
});

describe('doorbells', () => {
  it('wait in the outbox while the queue is down', async () => {
    await signUpQuietly('queue-down@example.com');
    const down = makeCarriers(null, 'down');
    expect(await deliverOutbox(down.carriers)).toBe(0);
    const said = api.logs.findLast(({ message }) => message === 'a doorbell queue does not take messages');
    expect(said).toMatchObject({ fields: { error: 'queue is down' } });
    api.clock.now += 60 * minuteMs;
    const up = makeCarriers(null);
    await deliverOutbox(up.carriers);
    expect(up.rung).toHaveLength(1);
  });

  it('are rung again for a job that is due and for a lease that ran out, at most once a minute', async () => {
    await signUpQuietly('again@example.com');
    const { carriers, rung } = makeCarriers(null);
    expect(await ringAgain(carriers)).toBe(1);
    expect(await ringAgain(carriers)).toBe(0);
    await env.CONTROL.prepare("UPDATE jobs SET state = 'active', lease_until = ? WHERE state = 'waiting'")
      .bind(api.clock.now + 90_000)
      .run();
    api.clock.now += minuteMs;
    expect(await ringAgain(carriers)).toBe(0);
    api.clock.now += minuteMs;
    expect(await ringAgain(carriers)).toBe(1);
    expect(rung).toHaveLength(2);
  });

  it('of a cluster whose queue is down hold up no other cluster', async () => {
    const body = { cluster_id: 'other', queue_binding: 'DOORBELL_OTHER' };
    const bindings = { DOORBELL_OTHER: api.bindings['DOORBELL_LOCAL'] };
    await api.call('POST', '/api/clusters', { token: rootToken, body, bindings });
    const [here, there] = [await signUpQuietly('here@example.com'), await signUpQuietly('there@example.com')];
    await env.CONTROL.batch([
      env.CONTROL.prepare("UPDATE clusters SET queue_binding = 'DOORBELL_DOWN' WHERE id = 'local'"),
      env.CONTROL.prepare("UPDATE jobs SET cluster_id = 'other' WHERE id = ?").bind(there.deployment.job_id),
    ]);
    const { carriers, rung } = makeCarriers(null);
    const up = carriers.doorbell('DOORBELL_LOCAL');
    const down = { sendBatch: () => Promise.reject(new Error('down')) } as unknown as Queue;
    const doorbell = (binding: string) => (binding === 'DOORBELL_DOWN' ? down : up);
    expect(await ringAgain({ ...carriers, doorbell })).toBe(2);
    expect(rung.map((r) => (r.message as { job_id: string }).job_id)).toEqual([there.deployment.job_id]);
    expect(api.logs.some((l) => l.message === 'a cluster cannot be rung')).toBe(true);
    await env.CONTROL.prepare("UPDATE clusters SET queue_binding = 'DOORBELL_LOCAL' WHERE id = 'local'").run();
    expect(here.deployment.job_id).not.toBe(there.deployment.job_id);
  });
});
