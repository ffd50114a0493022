/** `npm run figures -- mosquitto-exporter`: what the broker's exporter shows of a mosquitto with many clients and retained messages, and after a restart. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { connectAsync, type MqttClient } from 'mqtt';
import { bundleMqttExporter } from '../exporter/mqtt/bundle.ts';
import { type MqttExporter, startMqttExporter } from '../test/exporter/mqtt/program.ts';
import { eventually } from '../test/harness/eventually.ts';
import { type Mosquitto, startMosquitto } from '../test/harness/mosquitto.ts';
import { printJson, printTable } from './support/report.ts';

/** The chart's limit is 64 MiB above what it asks for. */
const rssLimitMiB = 96;
const connectedAtOnce = 50;
const payload = '0123456789abcdef';
const scrapes = 200;
const settings = ['sys_interval 1', 'max_queued_messages 0'];

export async function run(args: string[]): Promise<void> {
  const command = new Command('mosquitto-exporter')
    .description("a mosquitto of Debian's, clients that each publish, retained messages, a restart")
    .option('--clients <n>', 'how many', '1000')
    .parse(args, { from: 'user' });
  const clients = Number(command.opts<{ clients: string }>().clients);
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-bench-'));
  const bundle = await bundleMqttExporter(join(folder, 'exporter.mjs'));
  let broker = await startMosquitto({ settings });
  const exporter = await startMqttExporter(bundle, { MQTT_URL: broker.url });
  try {
    const shown = await load(broker, exporter, clients);
    const scrape = await scrapeMs(exporter);
    await broker.stop();
    const stoppedMs = Date.now();
    await eventually(exporter.metrics, (seen) => seen.get('mosquitto_up') === 0);
    const awayMs = Date.now() - stoppedMs;
    broker = await startMosquitto({ settings, port: broker.port });
    const startedMs = Date.now();
    const back = await eventually(exporter.metrics, (seen) => seen.has('mosquitto_broker_publish_bytes_received'));
    const measured = {
      clients,
      ...shown,
      scrape_ms: scrape,
      peak_mib: peakMiB(exporter.pid),
      away_ms: awayMs,
      back_ms: Date.now() - startedMs,
      bytes_after_restart: back.get('mosquitto_broker_publish_bytes_received'),
    };
    printTable([['figure', 'value'], ...Object.entries(measured).map(([name, value]) => [name, String(value)])]);
    printJson('mosquitto-exporter', measured);
    const right =
      shown.connected === clients + 1 &&
      shown.published_bytes === clients * payload.length * 2 &&
      shown.retained >= clients &&
      measured.bytes_after_restart === 0 &&
      measured.peak_mib < rssLimitMiB;
    if (!right) process.exitCode = 1;
  } finally {
    await exporter.stop();
    await broker.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Each client publishes one message that is retained and one that is not; what the exporter then shows of it. */
async function load(broker: Mosquitto, exporter: MqttExporter, count: number) {
  const name = (of: string): string => `mosquitto_broker_${of}`;
  const empty = await eventually(exporter.metrics, (seen) => (seen.get(name('retained_messages_count')) ?? 0) > 50);
  const before = empty.get(name('retained_messages_count')) ?? 0;
  const clients: MqttClient[] = [];
  while (clients.length < count) {
    const more = Math.min(connectedAtOnce, count - clients.length);
    clients.push(...(await Promise.all(Array.from({ length: more }, () => connectAsync(broker.url)))));
  }
  await Promise.all(
    clients.flatMap((client, n) => [
      client.publishAsync(`kept/${n}`, payload, { retain: true, qos: 1 }),
      client.publishAsync('passing', payload, { qos: 1 }),
    ]),
  );
  const whole = count * payload.length * 2;
  const seen = await eventually(
    exporter.metrics,
    (now) =>
      (now.get(name('publish_bytes_received')) ?? 0) >= whole && (now.get(name('clients_connected')) ?? 0) > count,
  );
  await Promise.all(clients.map((client) => client.endAsync(true)));
  return {
    connected: seen.get(name('clients_connected')),
    published_bytes: seen.get(name('publish_bytes_received')),
    retained: (seen.get(name('retained_messages_count')) ?? 0) - before,
  };
}

async function scrapeMs(exporter: MqttExporter): Promise<number> {
  const startMs = performance.now();
  for (let n = 0; n < scrapes; n++) await exporter.metrics();
  return Number(((performance.now() - startMs) / scrapes).toFixed(2));
}

const peakMiB = (pid: number): number =>
  Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);
