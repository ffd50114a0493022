/** The guard in a Hono host, in Node and in workerd: what is covered goes through, the rest is 403 and goes no further. */
import { Hono } from 'hono';
import { beforeAll, expect, it } from 'vitest';
import { type Guard, openGuard } from '../../../sdk/licence-guard/src/guard.ts';
import { requireFeature, requireLimit } from '../../../sdk/licence-guard/src/hono.ts';
import { memoryStore } from '../../../sdk/licence-guard/src/memory-store.ts';
import { claims, customerId, issuer, newKey, signAs, startMs } from './issuer.ts';

type Host = { Bindings: { devices: number } };
let guard: Guard;
let made: string[] = [];

beforeAll(async () => {
  const key = await newKey();
  const [keys, licence] = [{ pem: key.pem }, await signAs(key, claims)];
  guard = await openGuard({ api: issuer, customerId, keys, licence, store: memoryStore(), now: () => startMs });
});

const host = (): Hono<Host> => {
  made = [];
  const app = new Hono<Host>();
  app.post(
    '/keys',
    requireLimit<Host>(guard, 'maxDevices', async (c) => c.env.devices),
    (c) => c.text(String(made.push('key')), 201),
  );
  app.get('/export', requireFeature(guard, 'canExportData'), (c) => c.text('data'));
  app.get('/brand', requireFeature(guard, 'hasCustomBranding'), (c) => c.text(String(made.push('brand'))));
  app.get(
    '/broken',
    requireLimit(guard, 'maxDevices', () => Promise.reject(new Error('no count'))),
    (c) => c.text('never'),
  );
  app.onError((error, c) => c.text(error.message, 500));
  return app;
};

it('lets through what the licence covers', async () => {
  const app = host();
  const answers = [await app.request('/keys', { method: 'POST' }, { devices: 49 }), await app.request('/export')];
  expect(answers.map(({ status }) => status)).toEqual([201, 200]);
});

it('takes a guard that a request opens for itself', async () => {
  const app = new Hono().get(
    '/export',
    requireFeature(async () => guard, 'canExportData'),
    (c) => c.text('data'),
  );
  app.get(
    '/brand',
    requireFeature(() => guard, 'hasCustomBranding'),
    (c) => c.text('brand'),
  );
  expect([(await app.request('/export')).status, (await app.request('/brand')).status]).toEqual([200, 403]);
});

it('answers 403 in the words of the guide, and does nothing', async () => {
  const answer = await host().request('/keys', { method: 'POST' }, { devices: 50 });
  expect([answer.status, answer.headers.get('content-type'), made]).toEqual([403, 'application/json', []]);
  expect(await answer.json()).toEqual({
    error: 'Device limit exceeded',
    message:
      'Your professional plan allows a maximum of 50 devices. You currently have 50 active devices. Please upgrade your plan to add more devices.',
    details: { currentDevices: 50, maxDevices: 50, plan: 'professional' },
  });
  expect((await host().request('/brand')).status).toBe(403);
  expect(made).toEqual([]);
});

it('leaves a count that fails to the host', async () => {
  const answer = await host().request('/broken');
  expect([answer.status, await answer.text()]).toEqual([500, 'no count']);
});
