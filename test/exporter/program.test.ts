import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleExporter } from '../../exporter/bundle.ts';
import { usageReport } from '../../src/contracts/usage.ts';
import { freePort, type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { describeWithTools } from '../harness/tools.ts';
import { customerId, type StandInApi, spoolFolder, startApi } from './stand-ins.ts';

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

describeWithTools(['prometheus'], 'the bundled program', () => {
  let prometheus: RunningPrometheus;
  let api: StandInApi;
  let folder: string;
  let bundle: string;
  beforeAll(async () => {
    folder = spoolFolder();
    bundle = await bundleExporter(join(folder, 'exporter.mjs'));
    // It scrapes itself, so that there is something: `up` of one target, nothing of the namespace.
    const port = await freePort();
    prometheus = await startPrometheus({
      config: `global: {scrape_interval: 1s}\nscrape_configs: [{job_name: ingress-nginx, static_configs: [{targets: ["127.0.0.1:${port}"]}]}]\n`,
    });
    const now = Math.floor(Date.now() / 3_600_000) * 3_600_000;
    api = await startApi(now - 2 * 3_600_000);
  });
  afterAll(async () => {
    await prometheus.stop();
    await api.close();
    rmSync(folder, { recursive: true });
  });

  const run = async (args: string[], env: Record<string, string>, stopAfterMs?: number): Promise<Run> => {
    const child = spawn(process.execPath, [bundle, ...args], { env: { CUSTOMER_ID: customerId, ...env } });
    const told = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      told.stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      told.stderr += chunk.toString();
    });
    const timer = stopAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGTERM'), stopAfterMs);
    const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
    clearTimeout(timer);
    return { code, ...told };
  };

  it('prints the exact bodies of past windows, one a line, and logs beside them', async () => {
    const args = ['--from', '2026-05-01T10:00:00Z', '--to', '2026-05-01T12:00:00Z', '--dry-run'];
    const { code, stdout, stderr } = await run(args, { PROMETHEUS_URL: prometheus.url });
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => usageReport.parse(JSON.parse(line)));
    expect(lines.map((l) => l.window_start)).toEqual(['2026-05-01T10:00:00.000Z', '2026-05-01T11:00:00.000Z']);
    for (const line of lines)
      expect(line).toMatchObject({ complete: false, window_end: expect.any(String), revision: expect.any(Number) });
    expect(JSON.parse(stderr.trim())).toMatchObject({
      level: 'info',
      service: 'billing-exporter',
      message: 'Dry run done',
    });
  });

  it('prints them without an API that answers, and says which meters are left out', async () => {
    const args = ['--from', '2026-05-01T10:00:00Z', '--to', '2026-05-01T11:00:00Z', '--dry-run'];
    const api = { BILLING_API_URL: `http://127.0.0.1:${await freePort()}`, API_KEY: 'x' };
    const { code, stdout, stderr } = await run(args, { PROMETHEUS_URL: prometheus.url, ...api });
    expect([code, stdout.trim().split('\n').length]).toEqual([0, 1]);
    expect(stderr).toContain('The own meters could not be asked for; they are left out');
  });

  it('ends with 2 for unaligned times and with 1 when Prometheus does not answer', async () => {
    const unaligned = ['--from', '2026-05-01T10:10:00Z', '--to', '2026-05-01T12:00:00Z', '--dry-run'];
    expect((await run(unaligned, { PROMETHEUS_URL: prometheus.url })).code).toBe(2);
    expect((await run(['--quickly'], { PROMETHEUS_URL: prometheus.url })).code).toBe(2);
    const aligned = ['--from', '2026-05-01T10:00:00Z', '--to', '2026-05-01T12:00:00Z', '--dry-run'];
    const dead = await run(aligned, { PROMETHEUS_URL: `http://127.0.0.1:${await freePort()}` });
    expect(dead.code).toBe(1);
    expect(dead.stdout).toBe('');
    expect(dead.stderr).toContain('Prometheus query failed');
  });

  it('refuses a wrong environment with one line per variable', async () => {
    const { code, stderr } = await run([], {
      PROMETHEUS_URL: 'nowhere',
      API_KEY: 'k',
      BILLING_API_URL: 'https://b',
      MODE: 'cluster',
    });
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(2);
  });

  it('says at the start which side it cannot reach, and goes on when it can', async () => {
    const env = { PROMETHEUS_URL: prometheus.url, API_KEY: 'k', HEALTH_CHECK_PORT: String(await freePort()) };
    let refused = 0;
    api.interrupt = () => (refused++ < 2 ? { status: 503 } : null);
    const { code, stdout } = await run(
      [],
      { ...env, BILLING_API_URL: api.url, SPOOL_DIR: join(folder, 'spool') },
      5000,
    );
    expect(code).toBe(0);
    const messages = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { message: string }).message);
    expect(messages).toContain('Prometheus is reachable');
    expect(messages).toContain('Billing API is not reachable');
    expect(messages).toContain('Usage reported successfully');
    expect(messages.at(-1)).toBe('Stopped');
    expect(api.accepted.length).toBeGreaterThanOrEqual(1);
  });

  it('says that its port is taken', async () => {
    const port = new URL(prometheus.url).port;
    const env = {
      PROMETHEUS_URL: prometheus.url,
      API_KEY: 'k',
      BILLING_API_URL: api.url,
      HEALTH_CHECK_PORT: port,
      SPOOL_DIR: join(folder, 'other'),
    };
    const { code, stderr } = await run([], env);
    expect(code).toBe(1);
    expect(stderr).toContain('EADDRINUSE');
  });
});
