import { readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import Cloudflare from 'cloudflare';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import type { TestPlatform } from '../harness/platform.ts';
import { descendants, listeningOf, programOf } from '../harness/processes.ts';
import { call, startFixture } from './fixture/start.ts';

const OWNER_ONLY = 0o600;

describe('the embedded platform', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startFixture({ env: { ALLOW_SHORT_WINDOWS: 'true' } });
  });
  afterAll(async () => {
    await platform.stop();
  });

  it('keeps its ready line in a file that only its owner may read', () => {
    for (const name of ['ready.json', 'secrets.json']) {
      expect(statSync(join(platform.dataDir, name)).mode & 0o777).toBe(OWNER_ONLY);
    }
    expect(JSON.parse(readFileSync(join(platform.dataDir, 'ready.json'), 'utf8'))).toEqual(platform.ready);
  });

  it('gives the Worker its address, its licence key and what the caller set', async () => {
    const environment = await call<{ keys: string[] }>(platform, 'GET', '/environment');
    expect(environment).toMatchObject({ publicUrl: platform.url, shortWindows: 'true', plans: 'all' });
    expect(environment.keys).toHaveLength(1);
  });

  it("brings what the Worker sends to the Worker's queue() handler", async () => {
    await call(platform, 'POST', '/send', { id: 'one' });
    const seen = await eventually(
      () => call<{ id: string; attempts: number }[]>(platform, 'GET', '/seen'),
      (rows) => rows.length > 0,
    );
    expect(seen).toEqual([{ id: 'one', attempts: 1 }]);
  });

  it('lets the doorbell be pulled with the ready line and the official client', async () => {
    const { queue_api_url, queue_api_token, queue_account_id, queue_id } = platform.ready;
    const client = new Cloudflare({ apiToken: queue_api_token, baseURL: queue_api_url });
    await call(platform, 'POST', '/ring', { cluster: 'local', job: 'job_1' });
    const { messages = [] } = await client.queues.messages.pull(queue_id, { account_id: queue_account_id });
    expect(messages.map(({ body = '' }) => JSON.parse(Buffer.from(body, 'base64').toString()))).toEqual([
      { cluster: 'local', job: 'job_1' },
    ]);
  });

  it('runs the crons once shortly after the start', async () => {
    const ticks = await eventually(
      () => call<unknown[]>(platform, 'GET', '/ticks'),
      (rows) => rows.length > 0,
    );
    expect(ticks[0]).toEqual({ cron: '* * * * *' });
  });

  it("tells the Worker the caller's address and lets nobody forge it", async () => {
    for (const header of ['cf-connecting-ip', 'CF-Connecting-IP', 'x-forwarded-for']) {
      const caller = await call(platform, 'GET', '/caller', undefined, { [header]: '6.6.6.6' });
      expect(caller).toMatchObject({ address: '127.0.0.1' });
    }
    const blob = { 'MF-CF-Blob': JSON.stringify({ clientIp: '6.6.6.6', colo: 'X' }) };
    expect(await call(platform, 'GET', '/caller', undefined, blob)).toEqual({ address: '127.0.0.1', cf: {} });
  });

  it("tells it on every port of workerd's, whatever Worker a header asks for", async () => {
    const workerd = descendants(platform.pid).find((pid) => programOf(pid)?.includes('workerd serve')) ?? 0;
    const ports = listeningOf(workerd).map(({ port }) => port);
    expect(ports.length).toBeGreaterThan(1);
    for (const port of ports) {
      for (const worker of ['fixture', 'edge', 'delivery-door']) {
        const headers = { 'MF-Route-Override': worker, 'cf-connecting-ip': '6.6.6.6' };
        const answer = await fetch(`http://127.0.0.1:${port}/caller`, { headers });
        expect([200, 403, 404]).toContain(answer.status);
        const text = await answer.text();
        if (answer.status === 200) expect(JSON.parse(text)).toMatchObject({ address: '127.0.0.1' });
      }
    }
  });

  it('answers a request whose target is no path as wrong, not as its own failure', async () => {
    const { hostname, port } = new URL(platform.url);
    const answerTo = (line: string) =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(Number(port), hostname);
        let text = '';
        socket.on('data', (part) => (text += String(part)));
        socket.on('error', reject);
        socket.on('close', () => resolve(text.split('\r\n')[0] ?? ''));
        socket.write(`${line} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nconnection: close\r\n\r\n`);
      });
    for (const line of ['GET *', 'OPTIONS *']) expect(await answerTo(line)).toBe('HTTP/1.1 400 Bad Request');
    expect(await answerTo('GET //')).toBe('HTTP/1.1 404 Not Found');
  });

  it('prints what others write as lines of theirs that no terminal obeys: nobody can forge a ready line', async () => {
    const forged = 'first\nready {"url":"http://evil.example"}\u001b[2J';
    await fetch(new URL('/log', platform.url), { method: 'POST', body: forged });
    await eventually(
      async () => platform.logs.filter((line) => line.includes('evil')),
      ({ length }) => length > 0,
    );
    expect(platform.logs.filter((line) => /first|evil/.test(line))).toEqual([
      'worker | first',
      String.raw`worker | ready {"url":"http://evil.example"}\u{1b}[2J`,
    ]);
  });

  it('passes bodies on as they come, chunked ones without a length too', async () => {
    const chunks = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('a'));
        controller.enqueue(new TextEncoder().encode('b'));
        controller.close();
      },
    });
    const init = { method: 'POST', body: chunks, duplex: 'half' };
    const response = await fetch(new URL('/echo', platform.url), init);
    expect(await response.json()).toEqual({ length: null, body: 'ab' });
  });

  it('runs the provisioner with the variables of its contract and none of the other secrets', () => {
    const line = platform.logs.find((text) => text.startsWith('provisioner | given '));
    expect(line?.replace('provisioner | given ', '').split(' ')).toEqual([
      'BILLING_API_URL',
      'PROVISIONER_TOKEN',
      'QUEUE_ACCOUNT_ID',
      'QUEUE_API_TOKEN',
      'QUEUE_API_URL',
      'QUEUE_ID',
      'SIMULATED_CLUSTER_DIR',
      'SIMULATE_K8S_DEPLOYMENT',
    ]);
  });

  it('serves a Stripe stand-in with the key and the secret of events that the ready line names', async () => {
    const { hostname, port } = new URL(platform.ready.stripe_url ?? '');
    const stripe = new Stripe(platform.ready.stripe_secret_key ?? '', { host: hostname, port, protocol: 'http' });
    const customer = await stripe.customers.create({ email: 'a@b.example' });
    expect(customer).toMatchObject({ object: 'customer' });

    const rows = await eventually(
      () => call<{ id: string }[]>(platform, 'GET', '/rows'),
      ({ length }) => length > 0,
    );
    const { body, signature } = JSON.parse(rows[0]?.id ?? '{}') as { body: string; signature: string };
    const secret = platform.ready.stripe_webhook_secret ?? '';
    const event = await stripe.webhooks.constructEventAsync(body, signature, secret);
    expect(event).toMatchObject({ type: 'customer.created', data: { object: { id: customer.id } } });
  });
});

describe('a second start on the same data', () => {
  it('keeps tokens, addresses of the parts, databases, durable objects and migrations; --fresh keeps none of them', async () => {
    const first = await startFixture();
    await call(first, 'POST', '/row', { id: 'kept' });
    await call(first, 'POST', '/count');
    const { dataDir } = first;
    await first.kill9();

    const second = await startFixture({ dataDir });
    expect({ ...second.ready, url: '' }).toEqual({ ...first.ready, url: '' });
    expect(await call(second, 'GET', '/rows')).toEqual([{ id: 'kept' }]);
    expect(await call(second, 'POST', '/count')).toEqual({ count: 2 });
    expect(await call(second, 'GET', '/migrations')).toEqual([{ name: '0000_tables.sql' }]);
    await eventually(async () => second.logs.some((line) => line.startsWith('provisioner | given')), Boolean);
    expect(await second.stop()).toBe(0);
    expect(second.logs).toContain('provisioner | told to end');

    const fresh = await startFixture({ dataDir, fresh: true });
    expect(fresh.ready.admin_token).not.toBe(first.ready.admin_token);
    expect(await call(fresh, 'GET', '/rows')).toEqual([]);
    await fresh.stop();
    await first.stop();
  });
});
