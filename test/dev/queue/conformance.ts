/**
 * What Tenantry relies on a pull queue for, said once through the official `cloudflare` client. It runs against anything
 * with that API: the embedded broker here; Cloudflare itself by whoever has an account. It asks only for what both keep,
 * so times are minima with room above, and order is never asserted.
 */
import type Cloudflare from 'cloudflare';
import { describe, expect, it } from 'vitest';

export type QueueUnderTest = {
  client: Cloudflare;
  accountId: string;
  /** An empty queue whose messages are delivered three times at most, then go to `deadLetterQueueId`. */
  queueId: string;
  deadLetterQueueId: string;
  /** Lets this much time pass for the queue. */
  pass: (ms: number) => Promise<void>;
  /** Ends the queue's process as hard as the implementation allows and starts it again; null where nobody can. */
  restart: (() => Promise<void>) | null;
};

const LEASE_MS = 2000;
const DELIVERIES = 3;

/** Registers the suite; `open` gives an empty queue for each test. */
export function describeQueue(name: string, open: () => Promise<QueueUnderTest>): void {
  const consumer = async () => {
    const queue = await open();
    const { client, accountId, queueId } = queue;
    const at = (id: string) => ({
      push: (body: unknown, extra: { delay_seconds?: number } = {}) =>
        client.queues.messages.push(id, { account_id: accountId, body, content_type: 'json', ...extra }),
      pull: async (batchSize = 10, visibilityMs = LEASE_MS) => {
        const answer = await client.queues.messages.pull(id, {
          account_id: accountId,
          batch_size: batchSize,
          visibility_timeout_ms: visibilityMs,
        });
        return answer.messages ?? [];
      },
      ack: (leases: (string | undefined)[]) =>
        client.queues.messages.ack(id, {
          account_id: accountId,
          acks: leases.map((lease_id) => ({ lease_id: lease_id ?? '' })),
        }),
      retry: (lease_id: string | undefined, delay_seconds?: number) =>
        client.queues.messages.ack(id, {
          account_id: accountId,
          retries: [{ lease_id: lease_id ?? '', ...(delay_seconds === undefined ? {} : { delay_seconds }) }],
        }),
    });
    return { ...queue, ...at(queueId), dead: at(queue.deadLetterQueueId) };
  };
  const json = (body: string | undefined): unknown => JSON.parse(Buffer.from(body ?? '', 'base64').toString('utf8'));

  describe(name, () => {
    it('delivers json in base64 and text as it is, and says which it was', async () => {
      const { client, accountId, queueId, push, pull } = await consumer();
      await push({ cluster: 'local', job: 'job_1' });
      await client.queues.messages.push(queueId, { account_id: accountId, body: 'grüße', content_type: 'text' });
      const seen = (await pull()).map(({ body, metadata }) => [metadata, body] as const);
      const byType = new Map(
        seen.map(([metadata, body]) => [(metadata as Record<string, string>)['CF-Content-Type'], body]),
      );
      expect(json(byType.get('json'))).toEqual({ cluster: 'local', job: 'job_1' });
      expect(byType.get('text')).toBe('grüße');
    });

    it('takes a batch in one call', async () => {
      const { client, accountId, queueId, pull } = await consumer();
      const messages = Array.from({ length: 10 }, (_, body) => ({ body, content_type: 'json' as const }));
      await client.queues.messages.bulkPush(queueId, { account_id: accountId, messages });
      expect((await pull()).map(({ body }) => json(body)).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });

    it('hides a leased message until its lease runs out, then delivers it again as the next attempt', async () => {
      const { push, pull, pass } = await consumer();
      await push('once');
      const [first] = await pull();
      expect(first?.attempts).toBe(1);
      expect(await pull()).toEqual([]);
      await pass(LEASE_MS + 1000);
      const [second] = await pull();
      expect(second).toMatchObject({ id: first?.id, attempts: 2, timestamp_ms: first?.timestamp_ms });
      expect(second?.lease_id).not.toBe(first?.lease_id);
    });

    it('leases no more than was asked for, and no message twice', async () => {
      const { push, pull } = await consumer();
      await Promise.all([1, 2, 3, 4, 5].map((body) => push(body)));
      const pulled = (await Promise.all([pull(2), pull(2), pull(2)])).flat();
      expect(pulled.length).toBeLessThanOrEqual(5);
      expect(new Set(pulled.map(({ id }) => id)).size).toBe(pulled.length);
    });

    it('never delivers what was acknowledged', async () => {
      const { push, pull, ack, pass } = await consumer();
      await push('done');
      const [message] = await pull();
      expect(await ack([message?.lease_id])).toMatchObject({ ackCount: 1, retryCount: 0 });
      await pass(LEASE_MS + 1000);
      expect(await pull()).toEqual([]);
    });

    it('accepts an acknowledgement after the lease has run out', async () => {
      const { push, pull, ack, pass } = await consumer();
      await push('late');
      const [message] = await pull();
      await pass(LEASE_MS + 1000);
      expect(await ack([message?.lease_id])).toMatchObject({ ackCount: 1 });
      expect(await pull()).toEqual([]);
    });

    it('accepts an acknowledgement from a first consumer while a second one holds the message', async () => {
      const { push, pull, ack, pass } = await consumer();
      await push('both');
      const [first] = await pull();
      await pass(LEASE_MS + 1000);
      const [second] = await pull();
      expect(second?.id).toBe(first?.id);
      expect(await ack([first?.lease_id])).toMatchObject({ ackCount: 1 });
      await pass(LEASE_MS + 1000);
      expect(await pull()).toEqual([]);
    });

    it('delivers a retried message again, at once or after its delay', async () => {
      const { push, pull, retry, pass } = await consumer();
      await push('again');
      const [first] = await pull();
      expect(await retry(first?.lease_id)).toMatchObject({ retryCount: 1 });
      const [second] = await pull();
      expect(second).toMatchObject({ id: first?.id, attempts: 2 });
      await retry(second?.lease_id, 30);
      await pass(20_000);
      expect(await pull()).toEqual([]);
      await pass(11_000);
      expect((await pull())[0]).toMatchObject({ id: first?.id, attempts: 3 });
    });

    it('holds a message back for the delay that its sender asked for', async () => {
      const { push, pull, pass } = await consumer();
      await push('later', { delay_seconds: 30 });
      await pass(20_000);
      expect(await pull()).toEqual([]);
      await pass(11_000);
      expect(await pull()).toHaveLength(1);
    });

    it('moves a message whose deliveries are used up to the dead-letter queue, by retries', async () => {
      const { push, pull, retry, dead } = await consumer();
      await push({ poison: true });
      for (let delivery = 1; delivery <= DELIVERIES; delivery++) {
        const [message] = await pull();
        expect(message?.attempts).toBe(delivery);
        await retry(message?.lease_id);
      }
      const [buried] = await dead.pull();
      expect(json(buried?.body)).toEqual({ poison: true });
      expect(await pull()).toEqual([]);
    });

    it('moves a message whose deliveries are used up to the dead-letter queue, by leases that ran out', async () => {
      const { push, pull, pass, dead } = await consumer();
      await push('silence');
      for (let delivery = 1; delivery <= DELIVERIES; delivery++) {
        expect(await pull()).toHaveLength(1);
        await pass(LEASE_MS + 1000);
      }
      expect(await pull()).toEqual([]);
      expect(await dead.pull()).toHaveLength(1);
    });

    it('warns of a lease that is none and counts the others', async () => {
      const { push, pull, ack } = await consumer();
      await push('one');
      const [message] = await pull();
      const answer = await ack([message?.lease_id, 'no-lease']);
      expect(answer.ackCount).toBe(1);
      expect(Object.keys(answer.warnings ?? {})).toEqual(['no-lease']);
    });

    it('refuses who has no token', async () => {
      const { client, accountId, queueId } = await consumer();
      const stranger = client.withOptions({ apiToken: 'wrong', maxRetries: 0 });
      const call = stranger.queues.messages.pull(queueId, { account_id: accountId });
      await expect(call).rejects.toMatchObject({ status: 401 });
    });

    it('keeps messages, attempts and leases over a restart', async ({ skip }) => {
      const { push, pull, ack, restart, pass } = await consumer();
      if (restart === null) return skip('nobody can restart this queue');
      await push('leased');
      const [leased] = await pull();
      await push('waiting');
      await restart();
      const [waiting, ...others] = await pull();
      expect(others).toEqual([]);
      expect(json(waiting?.body)).toBe('waiting');
      expect(await ack([waiting?.lease_id])).toMatchObject({ ackCount: 1 });
      await pass(LEASE_MS + 1000);
      expect((await pull())[0]).toMatchObject({ id: leased?.id, attempts: 2 });
    });
  });
}
