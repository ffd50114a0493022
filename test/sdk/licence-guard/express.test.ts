/** The guard in an Express host, over HTTP. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireFeature, requireLimit } from '../../../sdk/licence-guard/src/express.ts';
import { openGuard } from '../../../sdk/licence-guard/src/guard.ts';
import { memoryStore } from '../../../sdk/licence-guard/src/memory-store.ts';
import { claims, customerId, issuer, newKey, signAs, startMs } from './issuer.ts';

describe('an Express host', () => {
  let server: Server;
  let url = '';
  let devices = 0;
  let made = 0;

  beforeAll(async () => {
    const key = await newKey();
    const [keys, licence] = [{ pem: key.pem }, await signAs(key, claims)];
    const guard = await openGuard({ api: issuer, customerId, keys, licence, store: memoryStore(), now: () => startMs });
    const app = express();
    app.post(
      '/keys/:site',
      requireLimit(guard, 'maxDevices', async (_request: express.Request) => devices),
      (_request, response) => {
        made++;
        response.sendStatus(201);
      },
    );
    app.get('/export', requireFeature(guard, 'canExportData'), (_request, response) => void response.send('data'));
    app.get('/brand', requireFeature(guard, 'hasCustomBranding'), (_request, response) => void response.send('brand'));
    app.get(
      '/broken',
      requireLimit(guard, 'maxDevices', () => Promise.reject(new Error('no count'))),
    );
    const answerErrors: ErrorRequestHandler = (error: Error, _request, response, _next) =>
      void response.status(500).send(error.message);
    app.use(answerErrors);
    await new Promise<void>((done) => {
      server = app.listen(0, '127.0.0.1', () => done());
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it('lets through what the licence covers', async () => {
    devices = 49;
    expect((await fetch(`${url}/keys/a`, { method: 'POST' })).status).toBe(201);
    expect(await (await fetch(`${url}/export`)).text()).toBe('data');
    expect(made).toBe(1);
  });

  it('answers 403 in the words of the guide, and does nothing', async () => {
    devices = 50;
    made = 0;
    const answer = await fetch(`${url}/keys/a`, { method: 'POST' });
    expect([answer.status, made]).toEqual([403, 0]);
    expect(await answer.json()).toMatchObject({
      error: 'Device limit exceeded',
      details: { currentDevices: 50, maxDevices: 50, plan: 'professional' },
    });
    expect((await fetch(`${url}/brand`)).status).toBe(403);
  });

  it('leaves a count that fails to the host', async () => {
    const answer = await fetch(`${url}/broken`);
    expect([answer.status, await answer.text()]).toEqual([500, 'no count']);
  });
});
