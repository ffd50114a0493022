/** What a monitor and Kubernetes ask the provisioner: whether it lives, whether it can work, and what it has done. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { failed } from '../../provisioner/failure.ts';
import { serveHealth } from '../../provisioner/health.ts';
import { vitalSigns } from '../../provisioner/vital-signs.ts';
import { err, ok, type Result } from '../../src/lib/result.ts';
import { describeWithTools, toolPath } from '../harness/tools.ts';
import { executorOf, type InProcess } from './in-process.ts';
import { startProvisioner } from './real-cluster.ts';
import { eventually, quick, setStage } from './stage.ts';

const stage = setStage();
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done).closeAllConnections());
});

/** Asks the provisioner's health server, started for it. */
async function asking(one: InProcess) {
  const server = await serveHealth({ port: 0, host: '127.0.0.1', signs: one.signs, metrics: one.metrics });
  servers.push(server);
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return (path: string, method = 'GET') => fetch(base + path, { method });
}
const statusOf = (answer: Promise<Response>) => answer.then(({ status }) => status);
const sample = (text: string, line: string): number => {
  const found = text.split('\n').find((each) => each.startsWith(`tenantry_provisioner_${line} `));
  return Number(found?.split(' ').at(-1));
};

describe('/healthz', () => {
  it('is fine while the loop turns, however long it waits, and not once it is overdue by two minutes', () => {
    let now = 0;
    const signs = vitalSigns(() => now);
    signs.beat(3_600_000);
    now = 3_600_000 + 120_000;
    expect(signs.alive()).toEqual({ ok: true, overdueMs: 120_000 });
    now += 1;
    expect(signs.alive().ok).toBe(false);
    signs.beat(0);
    expect(signs.alive()).toEqual({ ok: true, overdueMs: 0 });
    now += 1_000_000;
    signs.stop();
    expect(signs.alive().ok).toBe(true);
  });

  it('is 503 when a call of the loop never comes back', async () => {
    let now = 0;
    let release = () => {};
    const hangs = new Promise<Result<void, string>>((resolve) => (release = () => resolve(err('at last'))));
    const one = stage.start(
      executorOf(
        async () => ok(undefined),
        () => hangs,
      ),
      { signs: vitalSigns(() => now) },
    );
    const ask = await asking(one);
    expect(await statusOf(ask('/healthz'))).toBe(200);
    now += 121_000;
    const answer = await ask('/healthz');
    expect([answer.status, await answer.json()]).toEqual([503, { status: 'stuck', overdue_seconds: 121 }]);
    release();
  });

  it('stays fine over hours without work, and while every slot has a job', async () => {
    let now = 0;
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const busy = executorOf(async () => {
      await held;
      return ok(undefined);
    });
    const one = stage.start(busy, { concurrency: 1, signs: vitalSigns(() => now) });
    const livesOn = async () => {
      for (let hour = 0; hour < 3; hour += 1) {
        now += 3_600_000;
        await eventually(() => expect(one.signs.alive()).toEqual({ ok: true, overdueMs: 0 }));
      }
    };
    await livesOn();
    const job = stage.plane.want(stage.plane.deployment(), 'running');
    await eventually(() => expect(job.state).toBe('active'));
    await livesOn();
    release();
    await eventually(() => expect(job.state).toBe('completed'));
  });
});

describe('/readyz', () => {
  it('is 503 until control plane and cluster have answered, and while one of them does not, with the reason', async () => {
    let there = true;
    stage.plane.faults.api = true;
    const one = stage.start(
      executorOf(
        async () => ok(undefined),
        async () => (there ? ok(undefined) : err('connect ECONNREFUSED https://me:word@10.0.0.1:6443')),
      ),
    );
    const ask = await asking(one);
    expect(await statusOf(ask('/readyz'))).toBe(503);
    stage.plane.faults.api = false;
    await vi.waitFor(async () => expect(await statusOf(ask('/readyz'))).toBe(200));
    there = false;
    await vi.waitFor(async () => expect(await statusOf(ask('/readyz'))).toBe(503));
    expect(await (await ask('/readyz')).json()).toMatchObject({
      status: 'not ready',
      control_plane: { up: true, answered_seconds_ago: expect.any(Number), reason: null },
      cluster: { up: false, reason: 'connect ECONNREFUSED https://[redacted]@10.0.0.1:6443' },
    });
    there = true;
    await vi.waitFor(async () => expect(await statusOf(ask('/readyz'))).toBe(200));
    one.signs.stop();
    expect(await statusOf(ask('/readyz'))).toBe(503);
  });

  it('is fine without the queue, which only delays, and says that it is down', async () => {
    stage.plane.faults.queue = true;
    const ask = await asking(stage.start(quick));
    await vi.waitFor(async () =>
      expect(await (await ask('/readyz')).json()).toMatchObject({ status: 'ready', queue: { up: false } }),
    );
  });
});

it('anything else is 404, and nothing but reading is allowed', async () => {
  const ask = await asking(stage.start(quick));
  expect(await statusOf(ask('/'))).toBe(404);
  expect(await statusOf(ask('/metrics', 'POST'))).toBe(405);
});

/** Jobs of every outcome, and what was counted of them. */
async function workedOn() {
  const ends = [failed('not_ready', 'said'), failed('not_ready', 'said'), failed('not_ready', 'said')];
  const drift = [
    { object: 'Deployment/api', kind: 'missing' as const, difference: '' },
    { object: 'Deployment/x', kind: 'changed' as const, difference: 'spec.replicas: 5, wanted 2' },
  ];
  const one = stage.start(
    executorOf(async ({ job }) => (job.action === 'drift' ? ok({ drift }) : (ends.shift() ?? ok(undefined)))),
  );
  const on = stage.plane.deployment();
  const wanted = stage.plane.want(on, 'running');
  await eventually(() => expect(wanted.state).toBe('failed'));
  const again = stage.plane.want(on, 'running');
  await eventually(() => expect(again.state).toBe('completed'));
  const compared = stage.plane.compare(on);
  await eventually(() => expect(compared.state).toBe('completed'));
  await eventually(() => expect(one.ends).toHaveLength(5));
  const answer = await (await asking(one))('/metrics');
  return { on, one, text: await answer.text(), type: answer.headers.get('content-type') };
}

describe('/metrics', () => {
  it('counts jobs by outcome and reason, times them, and counts what comparisons found', async () => {
    const { text, type, one } = await workedOn();
    expect(type).toContain('text/plain');
    const sum = (line: RegExp) =>
      text
        .split('\n')
        .filter((each) => line.test(each))
        .reduce((total, each) => total + Number(each.split(' ').at(-1)), 0);
    expect(sum(/^tenantry_provisioner_jobs_total\{.*outcome="failed"/)).toBe(3);
    expect(sum(/^tenantry_provisioner_jobs_total\{.*outcome="completed"/)).toBe(2);
    expect(sample(text, 'job_failures_total{code="not_ready",scope="customer"}')).toBe(3);
    expect(sum(/^tenantry_provisioner_job_failures_total/)).toBe(3);
    expect(sum(/^tenantry_provisioner_job_duration_seconds_count/)).toBe(5);
    expect(sample(text, 'drift_checks_total{result="found"}')).toBe(1);
    expect(sample(text, 'drift_entries_total{kind="missing"}')).toBe(1);
    expect(sample(text, 'drift_entries_total{kind="unexpected"}')).toBe(0);
    expect(sample(text, 'jobs_running')).toBe(0);
    expect(sample(text, 'job_slots')).toBe(3);
    for (const dependency of ['control_plane', 'cluster', 'queue']) {
      expect(sample(text, `dependency_up{dependency="${dependency}"}`)).toBe(1);
      const at = sample(text, `dependency_answered_timestamp_seconds{dependency="${dependency}"}`);
      expect(Math.abs(Date.now() / 1000 - at)).toBeLessThan(60);
    }
    expect(text).toContain('process_resident_memory_bytes');
    expect(one.ends).toContain('failed');
  });

  it('shows how many jobs run, and an outage', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const one = stage.start(
      executorOf(async () => {
        await held;
        return ok(undefined);
      }),
    );
    for (const on of [stage.plane.deployment(), stage.plane.deployment()]) stage.plane.want(on, 'running');
    await vi.waitFor(async () => expect(sample(await one.metrics.text(), 'jobs_running')).toBe(2));
    stage.plane.faults.api = true;
    await vi.waitFor(async () =>
      expect(sample(await one.metrics.text(), 'dependency_up{dependency="control_plane"}')).toBe(0),
    );
    stage.plane.faults.api = false;
    release();
    await vi.waitFor(async () => expect(sample(await one.metrics.text(), 'jobs_running')).toBe(0));
  });

  it('says nothing of customers, and has the same series whatever is worked on', async () => {
    const { text, on } = await workedOn();
    for (const word of [on.customerId, on.namespace, on.reporterId, stage.plane.token, 'queue-token', 'spec.replicas'])
      expect(text).not.toContain(word);
    expect(text).not.toMatch(/\b(cust|job|lease|rep)_[0-9a-f]/);
    const seriesOf = (of: string) =>
      of
        .split('\n')
        .filter((line) => /^tenantry_provisioner_(?!job_duration)/.test(line))
        .map((line) => line.replace(/ [^ ]+$/, ''));
    const untouched = stage.start(quick);
    await eventually(() => expect(untouched.signs.reach('queue').up).toBe(true));
    expect(seriesOf(text)).toEqual(seriesOf(await untouched.metrics.text()));
  });

  describeWithTools(['promtool'], 'Prometheus’ own linter', () => {
    it('has nothing to say about them', async () => {
      const { text } = await workedOn();
      const ours = text.replaceAll(/^(?:# (?:HELP|TYPE) )?(?:nodejs|process)_.*\n/gm, '');
      const said = await new Promise<{ code: number | null; stderr: string }>((ended) => {
        const child = spawn(toolPath('promtool'), ['check', 'metrics']);
        let stderr = '';
        child.stderr.on('data', (chunk) => (stderr += String(chunk)));
        child.on('close', (code) => ended({ code, stderr }));
        child.stdin.end(ours);
      });
      expect(said).toEqual({ code: 0, stderr: '' });
    });
  });
});

describe('the program', () => {
  it('serves them where it is told a port, and nowhere else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tenantry-health-test-'));
    const env = { SIMULATE_K8S_DEPLOYMENT: 'true', SIMULATED_CLUSTER_DIR: folder, SIMULATED_JOB_MS: '0' };
    const one = startProvisioner(stage.plane, { ...env, HEALTH_CHECK_PORT: '0', HEALTH_CHECK_HOST: '127.0.0.1' });
    const silent = startProvisioner(stage.plane, env);
    try {
      const port = () => /"port":(\d+)/.exec(one.output())?.[1];
      await vi.waitFor(() => expect(port(), one.output()).toBeDefined(), { timeout: 60_000 });
      const base = `http://127.0.0.1:${port()}`;
      expect((await fetch(`${base}/healthz`)).status).toBe(200);
      const slow = { timeout: 60_000, interval: 50 };
      await vi.waitFor(async () => expect((await fetch(`${base}/readyz`)).status).toBe(200), slow);
      const on = stage.plane.deployment();
      stage.plane.want(on, 'running');
      await vi.waitFor(() => expect(on.observed).toBe(1), slow);
      const text = await (await fetch(`${base}/metrics`)).text();
      expect(text).toContain('tenantry_provisioner_jobs_total{verb=');
      for (const secret of [stage.plane.token, 'queue-token']) expect(text).not.toContain(secret);
      await vi.waitFor(() => expect(silent.output()).toContain('provisioner started'), slow);
      expect(silent.output()).not.toContain('/healthz');
    } finally {
      await Promise.all([one.stop('SIGKILL'), silent.stop('SIGKILL')]);
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('ends with one line when the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    servers.push(taken);
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const one = startProvisioner(stage.plane, {
      SIMULATE_K8S_DEPLOYMENT: 'true',
      HEALTH_CHECK_PORT: String(port),
      HEALTH_CHECK_HOST: '127.0.0.1',
    });
    expect(await one.exited).toBe(1);
    expect(one.output()).toMatch(/^provisioner: HEALTH_CHECK_PORT: listen EADDRINUSE: .*\n$/);
  });
});
