import { request as ask, createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { countTraffic } from '../../../sdk/usage-reporter/src/express.ts';
import { TrafficMonitor } from '../../../sdk/usage-reporter/src/traffic-monitor.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function host() {
  const monitor = new TrafficMonitor();
  const app = express();
  app.use(countTraffic(monitor));
  app.get('/health', (_request, response) => void response.send('ok'));
  app.get('/api/devices/:id', (_request, response) => void response.send('12345'));
  app.post('/api/devices', express.json(), (request, response) => void response.json(request.body));
  app.post('/api/ignored', (_request, response) => void response.status(413).end());
  app.get('/api/stream', (_request, response) => {
    response.write('abc');
    response.write(Buffer.from('de'));
    response.end('f', 'utf8');
  });
  const server = createServer(app);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closing.push(() => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return { monitor, url: `http://127.0.0.1:${port}`, port };
}

describe('the middleware of Express', () => {
  it('counts calls and bytes by category of endpoint, and not what asks whether it is well', async () => {
    const { monitor, url } = await host();
    await fetch(`${url}/api/devices/4711?full=yes`);
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/devices`, { method: 'POST', body: '{"name":"ä"}', headers });
    expect(await answer.json()).toEqual({ name: 'ä' });
    await fetch(`${url}/health`);
    expect(monitor.totals().http).toMatchObject({
      calls: 2,
      bytesReceived: 13,
      bytesSent: 18,
      byCategory: { devices: { calls: 2 } },
    });
  });

  it('counts bodies of unknown length, pieces of answers, and no body where there is none', async () => {
    const { monitor, url, port } = await host();
    expect(await (await fetch(`${url}/api/stream`)).text()).toBe('abcdef');
    await fetch(`${url}/api/stream`, { method: 'HEAD' });
    expect(monitor.totals().http.bytesSent).toBe(6);
    await new Promise<IncomingMessage>((done) => {
      const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
      const sending = ask({ port, path: '/api/devices', method: 'POST', headers }, done);
      sending.write('{"a":');
      sending.end('1}');
    });
    expect(monitor.totals().http.bytesReceived).toBe(7);
  });

  it('believes no header that says how long a body is: what did not come is not counted', async () => {
    const { monitor, port } = await host();
    await new Promise<void>((done) => {
      const headers = { 'content-length': '10000000' };
      const sending = ask({ port, path: '/api/ignored', method: 'POST', headers }, (answer) => {
        answer.resume();
        sending.destroy();
        done();
      });
      sending.on('error', () => undefined);
      sending.write('abc');
    });
    expect(monitor.totals().http).toMatchObject({ calls: 1 });
    expect(monitor.totals().http.bytesReceived).toBeLessThanOrEqual(3);
  });
});
