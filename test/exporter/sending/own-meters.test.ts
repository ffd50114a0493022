/** How an exporter that runs learns of the operator's own meters, and what it does while the API does not answer. */
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { billingApi } from '../../../exporter/sending/api.ts';
import { learnOwnMeters } from '../../../exporter/sending/own-meters.ts';
import type { OwnMeter } from '../../../src/contracts/own-meters.ts';
import { customerId, hourMs, JumpingClock, startApi } from '../stand-ins.ts';

const gpu: OwnMeter = {
  field: 'custom_1',
  meter: 'gpu_time',
  title: 'GPU time',
  unit: 'GPU-hour',
  adds_up: 'sum',
  source: {
    series: 'gpu_seconds_total',
    kind: 'counter',
    match: { job: 'gpu' },
    namespace_label: 'namespace',
    scale: '1',
  },
};
const seats: OwnMeter = { ...gpu, field: 'custom_2', meter: 'seats', source: 'report' };

async function story() {
  const api = await startApi(0);
  const clock = new JumpingClock(hourMs);
  const asked: string[] = [];
  const answering: { status: number | null } = { status: null };
  api.interrupt = (request) => {
    asked.push(request.url ?? '');
    return answering.status === null ? null : { status: answering.status };
  };
  const client = billingApi(
    api.url,
    () => 'rep_key',
    () => clock.now(),
  );
  const own = learnOwnMeters(client, { customerId, intervalMs: hourMs }, clock, pino({ level: 'silent' }));
  return { api, clock, own, asked, answering, close: api.close };
}

it('asks at most once an interval, and measures what comes from a series', async () => {
  const { api, clock, own, asked, close } = await story();
  expect(await own.learn()).toMatchObject({ value: { measured: [], unknown: [] } });
  api.meters = [gpu, seats];
  expect(await own.learn()).toMatchObject({ value: { measured: [] } });
  expect(asked).toEqual([`/api/usage/${customerId}/meters`]);
  clock.jumpTo(clock.now() + hourMs);
  expect(await own.learn()).toMatchObject({ value: { measured: [{ field: 'custom_1' }], unknown: [] } });
  expect(asked).toHaveLength(2);
  await close();
});

it('keeps what it knows while the API does not answer, and knows nothing before it has', async () => {
  const { api, clock, own, answering, close } = await story();
  answering.status = 503;
  expect(await own.learn()).toMatchObject({ ok: false, error: { status: 503 } });
  answering.status = null;
  api.meters = [gpu];
  expect(await own.learn()).toMatchObject({ value: { measured: [{ meter: 'gpu_time' }] } });
  answering.status = 503;
  clock.jumpTo(clock.now() + hourMs);
  expect(await own.learn()).toMatchObject({ ok: true, value: { measured: [{ meter: 'gpu_time' }] } });
  await close();
});

it('takes an API that has no such route for one without own meters', async () => {
  const { own, answering, close } = await story();
  answering.status = 404;
  expect(await own.learn()).toEqual({ ok: true, value: { measured: [], unknown: [] } });
  await close();
});

it('says missing of a meter whose source it does not understand', async () => {
  const { api, own, close } = await story();
  api.meters = [{ ...gpu, source: { wasm: 'x' } } as unknown as OwnMeter];
  expect(await own.learn()).toEqual({ ok: true, value: { measured: [], unknown: ['custom_1'] } });
  await close();
});
