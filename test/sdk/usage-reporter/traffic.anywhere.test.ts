import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { describe, expect, it } from 'vitest';
import { countTraffic } from '../../../sdk/usage-reporter/src/hono.ts';
import { type MqttClient, watchMqtt } from '../../../sdk/usage-reporter/src/mqtt.ts';
import { TrafficMonitor } from '../../../sdk/usage-reporter/src/traffic-monitor.ts';

const streamOf = (...pieces: string[]): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull(controller) {
      const piece = pieces.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(encoder.encode(piece));
    },
  });
};

function host() {
  const monitor = new TrafficMonitor();
  const app = new Hono();
  app.use(countTraffic(monitor));
  app.get('/health', (c) => c.text('ok'));
  app.get('/api/v1/devices/:id', (c) => c.text('12345'));
  app.post('/api/v1/devices', async (c) => c.json(await c.req.json()));
  app.post('/api/ignored', (c) => c.text('no'));
  app.get('/api/stream', (c) => c.body(streamOf('abc', 'de')));
  app.get('/api/broken', () => {
    throw new Error('broken');
  });
  app.onError((_error, c) => c.text('broken', 500));
  return { monitor, app };
}

describe('the middleware of Hono', () => {
  it('counts calls and bytes by category of endpoint, and not what asks whether it is well', async () => {
    const { monitor, app } = host();
    expect(await (await app.request('/api/v1/devices/4711')).text()).toBe('12345');
    const body = JSON.stringify({ name: 'ä' });
    const answer = await app.request('/api/v1/devices', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(await answer.json()).toEqual({ name: 'ä' });
    await (await app.request('/health')).text();
    const { http } = monitor.totals();
    expect(http).toMatchObject({ calls: 2, bytesReceived: 13, bytesSent: 5 + 13 });
    expect(Object.keys(http.byCategory)).toEqual(['devices']);
  });

  it('counts a stream as it passes, and what nobody reads not at all', async () => {
    const { monitor, app } = host();
    expect(await (await app.request('/api/stream')).text()).toBe('abcde');
    const dropped = await app.request('/api/stream');
    await dropped.body?.cancel();
    await app.request('/api/stream', { method: 'HEAD' });
    expect(monitor.totals().http).toMatchObject({ calls: 3, bytesSent: 5 });
  });

  it('believes no header that says how long a body is', async () => {
    const { monitor, app } = host();
    const headers = { 'content-length': '10000000000000' };
    await (await app.request('/api/ignored', { method: 'POST', body: 'abc', headers })).text();
    expect(monitor.totals().http.bytesReceived).toBe(0);
  });

  it('counts calls that fail, and leaves their answers as they are', async () => {
    const { monitor, app } = host();
    const answer = await app.request('/api/broken');
    expect(answer.status).toBe(500);
    const missing = await app.request('/api/nothing');
    expect([missing.status, await missing.text()]).toEqual([404, '404 Not Found']);
    expect(monitor.totals().http.calls).toBe(2);
  });

  it('keeps status, headers and cookies', async () => {
    const monitor = new TrafficMonitor();
    const app = new Hono();
    app.use(countTraffic(monitor, { category: () => 'all', calls: false }));
    app.get('/', (c) => {
      c.header('set-cookie', 'a=1', { append: true });
      c.header('set-cookie', 'b=2', { append: true });
      c.header('x-own', 'kept');
      return c.text('made', 201);
    });
    const answer = await app.request('/');
    expect([answer.status, answer.headers.get('x-own'), answer.headers.getSetCookie()]).toEqual([
      201,
      'kept',
      ['a=1', 'b=2'],
    ]);
    await answer.text();
    expect(monitor.totals().http).toMatchObject({ calls: 0, bytesSent: 4 });
  });

  it('before a compression it counts what goes over the line', async () => {
    const monitor = new TrafficMonitor();
    const app = new Hono();
    app.use(countTraffic(monitor), compress());
    app.get('/api/text', (c) => c.text('a'.repeat(10_000)));
    const answer = await app.request('/api/text', { headers: { 'accept-encoding': 'gzip' } });
    const sent = (await answer.arrayBuffer()).byteLength;
    expect(monitor.totals().http.bytesSent).toBe(sent);
  });
});

describe('TrafficMonitor', () => {
  it('keeps 50 categories, so that who makes paths up fills no memory', () => {
    const monitor = new TrafficMonitor();
    for (let n = 0; n < 200; n++) monitor.countCall(`made-up-${n}`);
    const { byCategory, calls } = monitor.totals().http;
    expect(Object.keys(byCategory).length).toBeLessThanOrEqual(51);
    expect(byCategory['other']?.calls).toBe(150);
    expect(calls).toBe(200);
  });

  it('takes no amount that is none, and throws at nobody', () => {
    const monitor = new TrafficMonitor();
    for (const amount of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
      monitor.countBytesSent('a', amount);
      monitor.countPublished(amount);
      monitor.count('custom_1', amount);
      monitor.level('custom_2', amount);
    }
    expect(monitor.take()).toEqual({ sources: [], sums: new Map(), levels: new Map() });
  });

  it('gives what was counted once, and zero of what is in use', () => {
    const monitor = new TrafficMonitor();
    monitor.countReceived(5, 2);
    monitor.count('custom_1', 0.5);
    monitor.level('custom_2', 7);
    monitor.level('custom_2', 3);
    const taken = monitor.take();
    expect(taken.sources).toEqual(['mqtt', 'custom_1', 'custom_2']);
    expect(taken.sums.get('mqtt_bytes_received')).toBe(5);
    expect(taken.levels).toEqual(new Map([['custom_2', 7]]));
    expect(monitor.take().sums).toEqual(
      new Map(
        ['mqtt_messages_published', 'mqtt_messages_received', 'mqtt_bytes_sent', 'mqtt_bytes_received'].map((f) => [
          f,
          0,
        ]),
      ),
    );
  });
});

/** A client that speaks like mqtt.js. */
function client() {
  const listeners = {
    packetsend: new Set<(packet: object) => void>(),
    packetreceive: new Set<(packet: object) => void>(),
  };
  const mqtt: MqttClient = {
    on: (event, listener) => listeners[event].add(listener),
    removeListener: (event, listener) => listeners[event].delete(listener),
  };
  const emit = (event: keyof typeof listeners, packet: object) => {
    for (const listener of listeners[event]) listener(packet);
  };
  return {
    mqtt,
    sends: (packet: object) => emit('packetsend', packet),
    gets: (packet: object) => emit('packetreceive', packet),
  };
}

describe('an MQTT client that is watched', () => {
  it('has its messages and payloads counted, by quality of service', () => {
    const monitor = new TrafficMonitor();
    const { mqtt, sends, gets } = client();
    watchMqtt(monitor, mqtt);
    sends({ cmd: 'connect' });
    sends({ cmd: 'publish', qos: 0, topic: 'a', payload: 'ä' });
    sends({ cmd: 'publish', qos: 1, topic: 'a', messageId: 1, payload: new Uint8Array(10) });
    gets({ cmd: 'publish', qos: 2, topic: 'b', messageId: 9, payload: new Uint8Array(100) });
    expect(monitor.totals().mqtt).toEqual({
      messagesPublished: 2,
      bytesSent: 12,
      messagesReceived: 1,
      bytesReceived: 100,
      byQos: { 0: { published: 1, received: 0 }, 1: { published: 1, received: 0 }, 2: { published: 0, received: 1 } },
    });
  });

  it('has a message that is sent again counted once, and the next one of the same number too', () => {
    const monitor = new TrafficMonitor();
    const { mqtt, sends, gets } = client();
    watchMqtt(monitor, mqtt);
    const message = { cmd: 'publish', qos: 1, topic: 'a', messageId: 1, payload: 'one' };
    sends(message);
    // mqtt.js repeats a message after a reconnection without saying so.
    sends(message);
    expect(monitor.totals().mqtt.messagesPublished).toBe(1);
    gets({ cmd: 'puback', messageId: 1 });
    sends(message);
    expect(monitor.totals().mqtt.messagesPublished).toBe(2);
    // Given up without a word, and another one under its number.
    sends({ ...message, payload: 'another' });
    expect(monitor.totals().mqtt.messagesPublished).toBe(3);
    const got = { cmd: 'publish', qos: 2, topic: 'b', messageId: 5, payload: 'x' };
    gets(got);
    gets({ ...got, dup: true });
    sends({ cmd: 'pubrec', messageId: 5 });
    expect(monitor.totals().mqtt.messagesReceived).toBe(1);
    sends({ cmd: 'pubcomp', messageId: 5 });
    gets(got);
    expect(monitor.totals().mqtt.messagesReceived).toBe(2);
  });

  it('is counted once however often it is watched, and no more when that is ended', () => {
    const monitor = new TrafficMonitor();
    const { mqtt, sends } = client();
    const end = watchMqtt(monitor, mqtt);
    watchMqtt(monitor, mqtt);
    sends({ cmd: 'publish', payload: 'a' });
    end();
    sends({ cmd: 'publish', payload: 'a' });
    expect(monitor.totals().mqtt.messagesPublished).toBe(1);
  });
});
