/**
 * Metering in the simulated cluster: a source of metrics (PROMETHEUS_URL, or the simulated one) and the exporters that
 * read it. In a real cluster (KUBECONFIG) the chart brings exporters, and none is started here.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { minuteMs } from '../../src/lib/time.ts';
import type { PlatformError } from '../problem.ts';
import { tiedToUs } from '../processes/lifetime.ts';
import { type Pausable, pausable } from '../processes/pausable.ts';
import { checkExporterVariables } from './check.ts';
import { startExporters } from './exporters.ts';
import { namespaceReader } from './namespaces.ts';
import { startSimulatedPrometheus } from './prometheus.ts';

const exporterBundler = fileURLToPath(new URL('../../exporter/bundle.ts', import.meta.url));

export type MeteringOptions = {
  dataDir: string;
  billingApiUrl: string;
  /** How many exporters at most; 0 starts nothing. */
  exporters: number;
  env: Record<string, string | undefined>;
  clock: { now: () => number; told: () => { offset_ms: number } };
  /** An exporter cannot run with what it was given. */
  onRefused: (reason: PlatformError) => void;
};

/** The exporter as its image has it, one file: a quarter less memory than its sources, twenty times. */
async function bundleInto(dataDir: string): Promise<string> {
  const file = join(dataDir, 'build', 'exporter.mjs');
  const [command, args] = tiedToUs(process.execPath, [exporterBundler, file]);
  await promisify(execFile)(command, args, { timeout: minuteMs, env: { PATH: process.env['PATH'] } });
  return file;
}

/**
 * Prepares it; resumed, exporters follow the namespaces, none before there is one. Null where none is to be started. Throws
 * PlatformError when they would refuse what was set for them.
 */
export async function startMetering(
  { dataDir, billingApiUrl, exporters, env, clock, onRefused }: MeteringOptions,
  log: (line: string) => void,
  onStop: (name: string, stop: () => Promise<void>) => void,
): Promise<Pausable | null> {
  if (env['KUBECONFIG'] || exporters === 0) return null;
  await checkExporterVariables({ dataDir, billingApiUrl, prometheusUrl: env['PROMETHEUS_URL'] || billingApiUrl, env });
  const namespaces = namespaceReader(join(dataDir, 'simulated-cluster'));
  let prometheusUrl = env['PROMETHEUS_URL'];
  if (!prometheusUrl) {
    const prometheus = await startSimulatedPrometheus(namespaces, clock.now, log);
    onStop('simulated Prometheus', prometheus.close);
    prometheusUrl = prometheus.url;
  }
  log(`metering from ${env['PROMETHEUS_URL'] ? 'the given' : 'a simulated'} Prometheus at ${prometheusUrl}`);
  let bundle: Promise<string> | null = null;
  const entry = () => {
    bundle ??= bundleInto(dataDir);
    return bundle;
  };
  const settings = { entry, dataDir, billingApiUrl, prometheusUrl, env };
  return pausable(async () => {
    const { offset_ms: offsetMs } = clock.told();
    return startExporters({ ...settings, offsetMs }, namespaces, exporters, log, onRefused);
  });
}
