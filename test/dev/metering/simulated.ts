/** A simulated cluster's folder as the provisioner writes it, a Prometheus over it, and the exporter's dry run of that. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exporterProgram } from '../../../dev/metering/exporter.ts';
import { namespaceReader } from '../../../dev/metering/namespaces.ts';
import { startSimulatedPrometheus } from '../../../dev/metering/prometheus.ts';
import type { SimulatedNamespace } from '../../../src/contracts/simulated-cluster.ts';
import type { WindowReport } from '../../../src/contracts/usage.ts';
import { iso } from '../../../src/lib/time.ts';

const root = join(import.meta.dirname, '../../..');

const customerOf = (shortId: string): string => `cust_${shortId.padEnd(32, '0')}`;
export const namespaceOf = (shortId: string): string => `customer-${shortId}`;

/** `until` null: it runs on. */
export type Runs = [fromMs: number, untilMs: number | null][];

/** As the provisioner leaves it. */
export function writeNamespace(
  folder: string,
  shortId: string,
  runs: Runs,
  phase: SimulatedNamespace['phase'] = 'running',
): void {
  const state: SimulatedNamespace = {
    customer_id: customerOf(shortId),
    reporter_id: `rep_${'0'.repeat(32)}`,
    api_key: `rep_${'0'.repeat(32)}_${'0'.repeat(32)}`,
    phase,
    namespace: namespaceOf(shortId),
    runs: runs.map(([from, until]) => ({ from: iso(from), until: until === null ? null : iso(until) })),
  };
  writeFileSync(join(folder, `${namespaceOf(shortId)}.json`), JSON.stringify(state));
}

export async function simulatedCluster() {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-simulated-'));
  const logs: string[] = [];
  const prometheus = await startSimulatedPrometheus(namespaceReader(folder), Date.now, (line) => logs.push(line));
  return {
    url: prometheus.url,
    folder,
    logs,
    write: (shortId: string, runs: Runs, phase?: SimulatedNamespace['phase']) =>
      writeNamespace(folder, shortId, runs, phase),
    /** The reports of past windows, by the program itself with the environment that the platform gives it. */
    async dryRun(shortId: string, fromMs: number, toMs: number): Promise<WindowReport[]> {
      const [namespace] = namespaceReader(folder)().filter(({ name }) => name === namespaceOf(shortId));
      if (namespace === undefined) throw new Error(`${shortId} was not written`);
      const settings = {
        entry: async () => join(root, 'exporter/main.ts'),
        offsetMs: 0,
        dataDir: folder,
        billingApiUrl: 'http://127.0.0.1:9',
        prometheusUrl: prometheus.url,
        env: { PATH: process.env['PATH'] },
      };
      const { args, env } = await exporterProgram(settings, namespace, 0);
      const past = ['--from', iso(fromMs), '--to', iso(toMs), '--dry-run'];
      const { stdout } = await promisify(execFile)(process.execPath, [...args, ...past], { env });
      return stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as WindowReport);
    },
    async stop(): Promise<void> {
      await prometheus.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type SimulatedCluster = Awaited<ReturnType<typeof simulatedCluster>>;
