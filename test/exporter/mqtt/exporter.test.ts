/** What the broker's exporter shows of a real mosquitto: through restarts, with retained messages and many clients, and when it is not let in. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { bundleMqttExporter } from '../../../exporter/mqtt/bundle.ts';
import { eventually } from '../../harness/eventually.ts';
import { type Mosquitto, startMosquitto } from '../../harness/mosquitto.ts';
import { describeWithTools } from '../../harness/tools.ts';
import { type MqttExporter, startMqttExporter } from './program.ts';

/** Every printable character of ASCII, the space at both ends too. */
const everyCharacter = ` ${Array.from({ length: 95 }, (_, n) => String.fromCharCode(32 + n)).join('')} `;
const everySecond = ['sys_interval 1'];

describeWithTools(['mosquitto'], "the broker's exporter", () => {
  let folder: string;
  let bundle: string;
  let brokers: Mosquitto[] = [];
  let exporters: MqttExporter[] = [];
  let clients: MqttClient[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-mqtt-'));
    bundle = await bundleMqttExporter(join(folder, 'exporter.mjs'));
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.endAsync(true)));
    await Promise.all([...exporters.map((one) => one.stop()), ...brokers.map((one) => one.stop())]);
    [brokers, exporters, clients] = [[], [], []];
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const startBroker = async (options: Parameters<typeof startMosquitto>[0] = {}): Promise<Mosquitto> => {
    const broker = await startMosquitto({ settings: everySecond, ...options });
    brokers.push(broker);
    return broker;
  };
  const start = async (env: Record<string, string>): Promise<MqttExporter> => {
    const exporter = await startMqttExporter(bundle, env);
    exporters.push(exporter);
    return exporter;
  };
  const joinAs = async (url: string): Promise<MqttClient> => {
    const client = await connectAsync(url);
    clients.push(client);
    return client;
  };
  const named = (name: string) => `mosquitto_broker_${name}`;

  it('shows clients, messages, bytes and retained messages as they are', async () => {
    const broker = await startBroker();
    const exporter = await start({ MQTT_URL: broker.url });
    const empty = await eventually(exporter.metrics, (seen) => seen.get(named('clients_connected')) === 1);
    expect(empty.get('mosquitto_up')).toBe(1);
    // The broker's own topics are retained messages too.
    const before = empty.get(named('retained_messages_count')) ?? 0;
    for (let n = 0; n < 60; n += 1) await joinAs(broker.url);
    for (let n = 0; n < 5; n += 1) await clients[0]?.publishAsync(`kept/${n}`, '12345678', { retain: true, qos: 1 });
    for (let n = 0; n < 7; n += 1) await clients[1]?.publishAsync('passing', '1234', { qos: 1 });
    const seen = await eventually(
      exporter.metrics,
      (now) => now.get(named('clients_connected')) === 61 && now.get(named('publish_bytes_received')) === 5 * 8 + 7 * 4,
    );
    // Mosquitto 2.0 counts the bytes of a message that it is told to retain, and not the message.
    expect(seen.get(named('publish_messages_received'))).toBe(7);
    expect((seen.get(named('retained_messages_count')) ?? 0) - before).toBeGreaterThanOrEqual(5);
    expect(seen.get(named('clients_maximum'))).toBe(61);
    expect([...seen.keys()].filter((name) => name.startsWith('mosquitto_broker_info'))).toEqual([
      expect.stringMatching(/version="mosquitto version \d/),
    ]);
    expect(await exporter.health()).toEqual({ status: 'healthy', broker: 'up', reason: null });
  });

  it('shows nothing of a broker that is away, and the counters of the new one from zero', async () => {
    const first = await startBroker();
    const exporter = await start({ MQTT_URL: first.url });
    const client = await joinAs(first.url);
    for (let n = 0; n < 20; n += 1) await client.publishAsync('topic', 'text', { qos: 1 });
    await eventually(exporter.metrics, (seen) => seen.get(named('publish_messages_received')) === 20);
    await client.endAsync(true);
    await first.stop();
    const away = await eventually(exporter.metrics, (seen) => seen.get('mosquitto_up') === 0);
    expect([...away.keys()]).toEqual(['mosquitto_up', 'mosquitto_exporter_connections']);
    expect(await exporter.health()).toMatchObject({ status: 'healthy', broker: 'down' });
    await startBroker({ port: first.port });
    const back = await eventually(exporter.metrics, (seen) => seen.has(named('publish_messages_received')));
    expect(back.get(named('publish_messages_received'))).toBe(0);
    expect(back.get('mosquitto_exporter_connections')).toBe(2);
  });

  it('says once that the password is wrong, and comes in with the right one, whatever characters it has', async () => {
    const broker = await startBroker({ user: { name: 'exporter', password: everyCharacter } });
    const file = join(folder, 'password');
    writeFileSync(file, 'wrong\n');
    const exporter = await start({ MQTT_URL: broker.url, MQTT_USERNAME: 'exporter', MQTT_PASSWORD_FILE: file });
    const refused = await eventually(exporter.health, ({ reason }) => /not authori[sz]ed/i.test(reason ?? ''));
    expect(refused.broker).toBe('down');
    // Two more tries at least.
    await new Promise((resolve) => setTimeout(resolve, 5000));
    expect(exporter.logged().match(/The broker is away/g)).toHaveLength(1);
    expect(exporter.logged()).not.toContain('wrong');
    writeFileSync(file, `${everyCharacter}\n`);
    await eventually(exporter.metrics, (seen) => seen.get('mosquitto_up') === 1);
  });

  it('is down, with a reason, where the user may not read the state, and where the broker tells none', async () => {
    const rules = join(folder, 'acl');
    writeFileSync(rules, 'topic read nothing\n', { mode: 0o644 });
    const broker = await startBroker({ settings: ['user root', `acl_file ${rules}`, ...everySecond] });
    const refused = await start({ MQTT_URL: broker.url, SILENT_AFTER: '2' });
    await eventually(refused.health, ({ reason }) => /does not let|says nothing/.test(reason ?? ''));
    expect((await refused.metrics()).get('mosquitto_up')).toBe(0);
    const silent = await startBroker({ settings: ['sys_interval 0'] });
    const unheard = await start({ MQTT_URL: silent.url, SILENT_AFTER: '2' });
    await eventually(unheard.health, ({ reason }) => reason === 'connected, but the broker says nothing of its state');
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect([...(await unheard.metrics()).keys()]).toEqual(['mosquitto_up', 'mosquitto_exporter_connections']);
  });

  it('refuses a wrong environment with one line a variable, and ends with 0 when it is told to', async () => {
    const wrong = await start({ MQTT_URL: 'http://broker', MQTT_PASSWORD: 'secret', PORT: 'many' });
    await eventually(
      async () => wrong.logged().trim().split('\n').length,
      (lines) => lines === 3,
    );
    expect(wrong.logged()).toContain('MQTT_PASSWORD is set without MQTT_USERNAME');
    expect(wrong.logged()).not.toContain('secret');
    const right = await start({ MQTT_URL: 'mqtt://127.0.0.1:1' });
    await eventually(right.health, ({ broker }) => broker === 'down');
    expect(await right.stop()).toBe(0);
  });
});
