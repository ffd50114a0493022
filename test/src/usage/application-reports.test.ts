/** The usage reporter of applications (sdk/usage-reporter) against the Worker itself: from a count to the customer's history. */
import { createExecutionContext } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../sdk/usage-reporter/src/memory-store.ts';
import { startUsageReporter } from '../../../sdk/usage-reporter/src/reporter.ts';
import type { GapsAnswer, HistoryAnswer } from '../../../src/contracts/usage.ts';
import { makeApi, rootToken } from '../../harness/worker/api.ts';
import { hourMs, ManualClock, minuteMs } from '../../sdk/usage-reporter/time.ts';
import { drain, heldQueue, metered } from './story.ts';

const tenMs = Date.parse('2026-11-20T10:00:00.000Z');

describe('an application that reports itself', () => {
  it('has its windows in the history, once, with what it missed', async () => {
    const clock = new ManualClock(tenMs);
    const api = makeApi(tenMs);
    const held = heldQueue();
    const who = await metered(api, { activeFrom: '2026-11-20T10:00:00Z' });
    const made = await api.call('POST', `/api/customers/${who.customerId}/reporters`, {
      token: rootToken,
      body: {
        instance_id: 'app',
        meters: ['api_calls', 'http_bytes', 'device_peak', 'device_total'],
        take_over: true,
        active_from: '2026-11-20T10:00:00Z',
      },
    });
    const { api_key: apiKey } = (await made.json()) as { api_key: string };
    const asked: typeof fetch = async (input, init) => {
      api.clock.now = clock.now();
      const url = new URL(input as string);
      const bindings = { ...api.bindings, USAGE_QUEUE: held.queue };
      return await clock.hold(
        Promise.resolve(api.app.fetch(new Request(url, init as RequestInit), bindings, createExecutionContext())),
      );
    };
    const told: string[] = [];
    const store = memoryStore();
    const start = () =>
      startUsageReporter({
        api: 'https://api.test',
        apiKey,
        customerId: who.customerId,
        instanceId: 'app',
        store,
        clock,
        fetch: asked,
        flushMs: 20_000,
        devices: () => ({ active: 12, total: 20 }),
        log: (_level, message, details) => void told.push(`${message} ${JSON.stringify(details)}`),
      });
    const first = start();
    for (let n = 0; n < 5; n++) first.traffic.countCall('devices');
    first.traffic.countBytesSent('devices', 1234);
    await clock.pass(hourMs + 20 * minuteMs);
    clock.kill();
    await clock.pass(10 * minuteMs);
    start().traffic.countCall('devices');
    await clock.pass(hourMs);
    expect(told).toEqual([expect.stringContaining('Part of a window was not seen')]);
    await drain(api, held);
    const read = async <T>(path: string): Promise<T> =>
      (await api.call('GET', `/api/usage/${who.customerId}${path}`, { token: who.accountKey })).json();
    const { items } = await read<HistoryAnswer>('?granularity=window');
    expect(items.filter(({ instance_id: id }) => id === 'app')).toMatchObject([
      { window_end: '2026-11-20T12:00:00.000Z', complete: false, api_calls: 1, active_devices: 12 },
      {
        window_end: '2026-11-20T11:00:00.000Z',
        complete: true,
        api_calls: 5,
        http_bytes_sent: 1234,
        total_devices: 20,
      },
    ]);
    const gaps = await read<GapsAnswer>('/gaps');
    const partial = gaps.items.filter(({ reason, instance_id: id }) => reason === 'partial' && id === 'app');
    expect(partial).toMatchObject([{ details: [{ thing: 'process', reason: 'crashed' }, {}, {}, {}] }]);
  });
});
