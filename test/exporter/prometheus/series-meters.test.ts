/**
 * Meters of the broker, the database, pods' requests, claims, addresses and virtual machines, from generated series on a real
 * Prometheus: what each comes to, and what a window says where something was not shown, began anew, moved, or was there twice.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { measureWith } from '../../../exporter/measure.ts';
import { connectTo } from '../../../exporter/prometheus/connect.ts';
import { shareAmong } from '../../../exporter/prometheus/shared.ts';
import type { WindowReport } from '../../../src/contracts/usage.ts';
import { createBlocks, type RunningPrometheus, startPrometheus } from '../../harness/prometheus.ts';
import { describeWithTools } from '../../harness/tools.ts';
import { configOf, JumpingClock } from '../stand-ins.ts';
import { describeAll, endMs, names, startMs, writeSamples } from './series.ts';

describeWithTools(['prometheus', 'promtool'], 'meters that one series tells, on a real Prometheus', () => {
  let folder: string;
  let prometheus: RunningPrometheus;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-series-'));
    const blocksDir = join(folder, 'blocks');
    mkdirSync(blocksDir);
    describeAll();
    createBlocks(writeSamples(folder), blocksDir);
    prometheus = await startPrometheus({ blocksDir });
  });
  afterAll(async () => {
    await prometheus.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const measured = async (
    namespace: string,
    meters: string,
    more: Record<string, string> = {},
  ): Promise<WindowReport> => {
    const env = { NAMESPACE: namespace, PROMETHEUS_URL: prometheus.url, HTTP_METRICS: 'none', METERS: meters, ...more };
    const config = configOf(env);
    const clock = new JumpingClock(endMs + 120_000);
    const client = connectTo(config, clock);
    const report = await measureWith(client, config, clock)({ startMs, endMs });
    await client.close();
    if (!report.ok) throw new Error(report.error.message);
    return report.value;
  };
  const basic = [
    'cpu_hours',
    'memory_gb_hours',
    'storage_used_gb',
    'network_bytes_sent',
    'network_bytes_received',
    'running_pods',
  ];
  /** What is missing beside the basic meters, of which nothing is generated here. */
  const lacks = ({ missing = [] }: WindowReport): string[] => missing.filter((field) => !basic.includes(field));
  const gapsOf = ({ gaps = [] }: WindowReport): string[] => gaps.map(({ field, reason }) => `${field} ${reason}`);

  it('a broker’s bytes and messages, and a database’s size, rows and transactions, are what they grew by and were', async () => {
    const report = await measured(names.steady, 'mqtt,postgres');
    expect(report).toMatchObject({
      mqtt_bytes_received: 360_000,
      mqtt_bytes_sent: 720_000,
      mqtt_messages_received: 1_080_000,
      mqtt_messages_published: 1_440_000,
      postgres_size_mb: 3072,
      postgres_transactions: 7200,
      postgres_row_count: 750,
    });
    expect(lacks(report)).toEqual([]);
    expect(gapsOf(report)).toEqual([]);
  });

  it('a broker that restarted counts from zero again; a database whose pod moved goes on', async () => {
    const report = await measured(names.restarted, 'mqtt,postgres');
    // What was between the last scrape and the end of the broker nobody has seen.
    expect(report.mqtt_bytes_received).toBe(100 * (20 * 60 - 30) + 100 * 38 * 60);
    expect(report.postgres_transactions).toBe(7200);
    expect(report.postgres_size_mb).toBeCloseTo(3072, -2);
    expect(gapsOf(report)).toEqual([]);
  });

  it('two brokers are added, two exporters of one database are not', async () => {
    const report = await measured(names.two, 'mqtt,postgres');
    expect(report).toMatchObject({
      mqtt_bytes_received: 360_000 + 50 * 1800,
      postgres_size_mb: 3072,
      postgres_transactions: 7200,
      postgres_row_count: 750,
    });
  });

  it('what is not shown is a gap and never a zero: an exporter that knows nothing, none at all', async () => {
    const away = await measured(names.away, 'mqtt,postgres');
    expect(lacks(away)).toEqual(['postgres_size_mb', 'postgres_transactions', 'postgres_row_count']);
    expect(away.mqtt_bytes_received).toBe(100 * (40 * 60 - 30));
    expect(away.complete).toBe(false);
    expect(gapsOf(away)).toContain('mqtt_bytes_received not_shown');
    const none = await measured(names.nothing, 'mqtt,postgres,vms');
    expect(lacks(none)).toHaveLength(7);
    // Others' virtual machines are shown, and this namespace has none.
    expect(none.running_vms).toBe(0);
    expect(lacks(await measured(names.nothing, 'mqtt', { MQTT_METRICS_JOB: 'other' }))).toHaveLength(4);
  });

  it('requests are those of pods that a node has, each once; addresses are public ones, shared ones once', async () => {
    const report = await measured(names.steady, 'requests,capacity,ips,vms');
    expect(report.cpu_requested_cores).toBeCloseTo(1, 2);
    expect(report.memory_requested_gb).toBeCloseTo(4, 1);
    expect(report).toMatchObject({ storage_capacity_gb: 10, public_ips: 2 });
    expect(report.running_vms).toBeCloseTo(1.5, 1);
    expect(lacks(report)).toEqual([]);
  });

  it('are the same where an exporter of the cluster asks for all namespaces at once', async () => {
    const all = Object.values(names);
    const clock = new JumpingClock(endMs + 120_000);
    const settings = {
      PROMETHEUS_URL: prometheus.url,
      HTTP_METRICS: 'none',
      METERS: 'mqtt,postgres,requests,capacity,ips,vms',
    };
    const client = connectTo(configOf(settings), clock);
    const shared = shareAmong(client, all);
    for (const namespace of all) {
      const config = configOf({ ...settings, NAMESPACE: namespace });
      const together = await measureWith(shared.of(namespace), config, clock)({ startMs, endMs });
      expect(together, namespace).toEqual(await measureWith(client, config, clock)({ startMs, endMs }));
    }
    await client.close();
  });

  it('are none that nobody asked for', async () => {
    const report = await measured(names.steady, 'none');
    expect(Object.keys(report)).not.toContain('mqtt_bytes_received');
    expect(lacks(report)).toEqual([]);
  });
});
