/** Whoever signals npm's process ends what the script runs: nothing is left under pid 1. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { type NpmRun, runNpm } from '../harness/npm.ts';
import { programOf } from '../harness/processes.ts';
import { fixtureEnv } from './fixture/start.ts';

const NOBODY = 'http://127.0.0.1:9';
const SIGNALS: NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'];

describe("a signal to npm's process", () => {
  let folder: string;
  let run: NpmRun | null;
  beforeEach(() => {
    run = null;
    folder = mkdtempSync(join(tmpdir(), 'tenantry-signals-'));
  });
  afterEach(() => {
    run?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const scripts: Record<
    string,
    { args: string[]; env: () => Record<string, string>; runs: (lines: string[]) => boolean }
  > = {
    'npm start': {
      args: ['start'],
      env: () => ({ ...fixtureEnv, PORT: '0', DATA_DIR: folder, EXPORTERS: '0' }),
      // The ready line comes first; the provisioner is then running too.
      runs: (lines) =>
        lines.some((line) => line.startsWith('ready ')) && lines.some((line) => line.includes('| given ')),
    },
    'npm run provisioner': {
      args: ['run', 'provisioner'],
      env: () => ({
        BILLING_API_URL: NOBODY,
        PROVISIONER_TOKEN: 'token',
        QUEUE_API_URL: NOBODY,
        QUEUE_ACCOUNT_ID: 'account',
        QUEUE_ID: 'queue',
        QUEUE_API_TOKEN: 'token',
        SIMULATE_K8S_DEPLOYMENT: 'true',
        SIMULATED_CLUSTER_DIR: folder,
      }),
      runs: (lines) => lines.some((line) => line.includes('provisioner started')),
    },
    'npm run exporter': {
      args: ['run', 'exporter'],
      env: () => ({
        CUSTOMER_ID: `cust_${'0'.repeat(32)}`,
        PROMETHEUS_URL: NOBODY,
        BILLING_API_URL: NOBODY,
        API_KEY: 'key',
        SPOOL_DIR: folder,
        HEALTH_CHECK_PORT: '0',
      }),
      runs: (lines) => lines.some((line) => line.includes('Starting Billing Exporter')),
    },
  };

  const cases = Object.keys(scripts).flatMap((script) => SIGNALS.map((signal) => [script, signal] as const));
  it.each(cases)('ends all that %s runs: %s', async (name, signal) => {
    const script = scripts[name];
    if (script === undefined) throw new Error(name);
    run = runNpm(script.args, script.env());
    const { lines, ended, programs, npm } = run;
    await eventually(async () => lines, script.runs);
    const started = programs();
    expect(started.length).toBeGreaterThan(0);
    npm.kill(signal);
    await ended;
    await eventually(
      async () => started.map(programOf).filter((program) => program !== null),
      (programs) => programs.length === 0,
    );
  });
});
