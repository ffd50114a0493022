/** The workflow against the real platform, as the script that package.json names; its bad ends against a told API. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../cli/program.ts';
import type { CostAnswer } from '../../src/contracts/cost.ts';
import { startPlatform, type TestPlatform } from '../harness/platform.ts';
import {
  customerBody,
  customerId,
  type Heard,
  jobBody,
  jobId,
  type LoopbackApi,
  startLoopbackApi,
  type Told,
  testWorld,
} from './harness.ts';

const root = join(import.meta.dirname, '../..');

/** Runs a command as its npm script does, with nothing of the environment but the data folder. */
function script(name: string, args: string[], dataDir: string) {
  return new Promise<{ exit: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(
      join(root, 'node_modules/.bin/node'),
      [join(root, 'cli/tenantry.ts'), name, ...args],
      { cwd: root, env: { PATH: process.env['PATH'] ?? '', DATA_DIR: dataDir } },
      (_, stdout, stderr) => resolve({ exit: child.exitCode, stdout, stderr }),
    );
  });
}

interface Event {
  step: string;
  message: string;
  api_key?: string;
  customer?: { customer_id: string; short_id: string };
  deployment?: { status: string };
  cost?: CostAnswer;
}

describe('signup-workflow on the embedded platform', () => {
  let platform: TestPlatform;
  let events: Event[];
  let told: { exit: number | null; stdout: string; stderr: string };
  beforeAll(async () => {
    platform = await startPlatform();
    const args = ['--plan', 'starter', '--email', 'ada@example.com', '--company', 'Acme {{ .Values }}', '--json'];
    told = await script('signup-workflow', args, platform.dataDir);
    events = told.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Event);
  });
  afterAll(async () => {
    await platform.stop();
  });

  const account = () => events.find((event) => event.customer !== undefined)?.customer;

  it('ends well, with nothing but its story', () => {
    expect(told).toMatchObject({ exit: 0, stderr: '' });
    expect([...new Set(events.map((event) => event.step))]).toEqual([
      'signup',
      'licence',
      'deployment',
      'job',
      'reporter',
      'usage',
      'cost',
    ]);
  });

  it('tells the job’s progress and the deployment’s way to ready', () => {
    const statuses = events.flatMap((event) => (event.step === 'deployment' ? [event.deployment?.status] : []));
    expect(statuses.at(-1)).toBe('ready');
    expect(events.filter((event) => event.step === 'job' && event.message.includes('%')).length).toBeGreaterThan(1);
  });

  it('shows a key that opens the account, and no other secret', async () => {
    const key = events.find((event) => event.api_key !== undefined)?.api_key ?? '';
    const url = new URL(`/api/customers/${account()?.customer_id}`, platform.url);
    const response = await fetch(url, { headers: { 'x-api-key': key } });
    expect(response.status).toBe(200);
    expect(told.stdout).not.toContain(platform.ready.admin_token);
    expect(told.stdout).not.toMatch(/rep_[0-9a-f]{32}_[0-9a-f]{32}/);
    expect(told.stdout).not.toContain('eyJ');
  });

  it('ends with a cost that has overage lines and adds up', () => {
    const cost = events.at(-1)?.cost;
    const billed = cost?.lines.filter((line) => line.amount_cents > 0).map((line) => line.meter);
    // A trial has no fee.
    expect(billed).toEqual([
      'cpu_core_ms',
      'memory_mib_s',
      'storage_mib_s',
      'network_sent_bytes',
      'network_received_bytes',
      'ingress_requests',
    ]);
    expect(cost?.lines.reduce((total, line) => total + line.amount_cents, 0)).toBe(cost?.total_cents);
  });

  it('leaves no reporter that would be a gap from the next hour on', async () => {
    const url = new URL(`/api/customers/${account()?.customer_id}/reporters`, platform.url);
    const response = await fetch(url, { headers: { authorization: `Bearer ${platform.ready.admin_token}` } });
    const { items } = (await response.json()) as { items: { instance_id: string; active_until: string | null }[] };
    const ours = items.find((reporter) => reporter.instance_id === 'signup-workflow');
    expect(ours?.active_until).toMatch(/:00:00\.000Z$/);
  });

  it('is found again by usage and customer', async () => {
    const id = account()?.customer_id ?? '';
    const one = await script('usage', ['--customer', id, '--days', '30'], platform.dataDir);
    expect(one).toMatchObject({ exit: 0, stderr: '' });
    expect(one.stdout).toContain(`workload-${account()?.short_id}`);
    expect(one.stdout).toContain('above 336 core-hours included');
    const all = await script('usage', ['--all', '--json'], platform.dataDir);
    const { items } = JSON.parse(all.stdout) as { items: { customer_id: string; total_cents: number }[] };
    expect(items).toEqual([
      expect.objectContaining({ customer_id: id, total_cents: events.at(-1)?.cost?.total_cents }),
    ]);
    const list = await script('customer', ['list', '--search', 'ada@example.com'], platform.dataDir);
    expect(list.stdout).toContain('Acme {{ .Values }}');
  });

  it('refuses the same email again, in one line', async () => {
    const again = await script('signup-workflow', ['--email', 'ada@example.com'], platform.dataDir);
    expect(again.exit).toBe(1);
    expect(again.stderr).toMatch(/^error: email_exists: .* \(request req_[0-9a-f]{32}\)\n$/);
  });
});

describe('signup-workflow when it ends badly', () => {
  let server: LoopbackApi | null = null;
  afterEach(async () => {
    await server?.close();
    server = null;
  });

  async function licensed(publishedKey: 'its own' | 'another') {
    const [ours, other] = await Promise.all([1, 2].map(() => generateKeyPair('RS256', { extractable: true })));
    if (ours === undefined || other === undefined) throw new Error('no keys');
    const jwk = await exportJWK(publishedKey === 'its own' ? ours.publicKey : other.publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    const jwt = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'RS256', kid })
      .setIssuer('http://127.0.0.1')
      .setAudience('tenantry-instance')
      .setSubject(customerId)
      .setIssuedAt()
      .setExpirationTime('1h')
      .setJti('licence-1')
      .sign(ours.privateKey);
    return { jwt, keys: [{ ...jwk, kid, alg: 'RS256', use: 'sig' }] };
  }

  /** Answers up to the job; `job` says how that stands at the nth look. */
  async function walk(
    job: (look: number) => Record<string, unknown>,
    args: string[] = [],
    key: 'its own' | 'another' = 'its own',
    statusAt: (look: number) => string = () => 'provisioning',
  ) {
    const { jwt, keys } = await licensed(key);
    const signedUp = { ...customerBody('pending'), license: { jwt }, api_key: `${customerId}_${'0'.repeat(32)}` };
    let looks = 0;
    server = await startLoopbackApi(({ path }: Heard): Told => {
      if (path === '/api/customers/signup') return { status: 201, body: signedUp };
      if (path === '/.well-known/jwks.json') return { status: 200, body: { keys } };
      if (path === `/api/queue/jobs/${jobId}`) {
        looks += 1;
        return { status: 200, body: jobBody(job(looks)) };
      }
      if (path === `/api/customers/${customerId}`) return { status: 200, body: customerBody(statusAt(looks)) };
      return { status: 404, body: {} };
    });
    const world = testWorld(server.env);
    const exit = await run(['signup-workflow', ...args], world);
    return { exit, lines: world.lines, notes: world.notes, heard: server.heard };
  }

  const broken = {
    code: 'not_ready',
    message: 'postgres is not ready',
    events: [{ object: 'Pod/postgres-0', reason: 'FailedScheduling', message: 'quota is full' }],
  };

  it('prints the error and the events of a job that failed, and exits 1', async () => {
    const { exit, lines, notes } = await walk((look) =>
      look < 3
        ? { state: 'active', attempts: 1, progress: { percent: look * 10, message: 'helm upgrade' } }
        : { state: 'failed', attempts: 3, error: broken },
    );
    expect(exit).toBe(1);
    const text = lines.join('\n');
    expect(text).toContain(' 10 %  helm upgrade');
    expect(text).toContain(' 20 %  helm upgrade');
    expect(text).toContain('failed after 3 runs');
    expect(text).toContain('not_ready: postgres is not ready');
    expect(text).toContain('Pod/postgres-0: FailedScheduling: quota is full');
    expect(notes).toEqual([expect.stringContaining(`tenantry queue retry ${jobId}`)]);
  });

  it('tells programs about it in its last line', async () => {
    const { exit, lines } = await walk(() => ({ state: 'failed', attempts: 3, error: broken }), ['--json']);
    expect(exit).toBe(1);
    const last = JSON.parse(lines.at(-1) ?? '') as { step: string; failure: { kind: string } };
    expect(last).toMatchObject({ step: 'failed', failure: { kind: 'failed' } });
    const job = lines
      .map((line) => JSON.parse(line) as { step: string; error?: unknown })
      .find((e) => e.step === 'job');
    expect(job?.error).toEqual(broken);
  });

  it('tells a run that failed and will be tried again, once', async () => {
    const { lines } = await walk((look) =>
      look < 5
        ? { state: 'delayed', attempts: 1, error: broken, run_after: '2026-11-21T10:00:05.000Z' }
        : { state: 'failed', attempts: 3, error: broken },
    );
    expect(lines.filter((line) => line.includes('run 1 failed, again at 2026-11-21T10:00:05.000Z'))).toHaveLength(1);
  });

  it('tells that a job has completed also where that happened between its look and the deployment’s', async () => {
    const { lines } = await walk(
      (look) =>
        look < 3
          ? { state: 'active', attempts: 1, progress: { percent: 40 * look, message: 'helm upgrade' } }
          : { state: 'completed', attempts: 1 },
      [],
      'its own',
      (look) => (look < 2 ? 'provisioning' : 'ready'),
    );
    const told = lines.filter((line) => / job | deployment /.test(line)).map((line) => line.replace(/^.* s {2}/, ''));
    expect(told.slice(-3)).toEqual([
      expect.stringContaining(' 80 %  helm upgrade'),
      expect.stringContaining('100 %  completed'),
      expect.stringContaining('ready'),
    ]);
  });

  it('gives up after its time and says where to look', async () => {
    const { exit, notes, heard } = await walk(() => ({ state: 'waiting' }), ['--timeout', '5']);
    expect(exit).toBe(1);
    expect(notes).toEqual([expect.stringContaining(`tenantry queue show ${jobId}`)]);
    expect(heard.filter((h) => h.path.startsWith('/api/queue/jobs/'))).toHaveLength(11);
  });

  it('does not go on with a licence that another key signed', async () => {
    const { exit, notes, heard } = await walk(() => ({}), [], 'another');
    expect(exit).toBe(1);
    expect(notes).toEqual([expect.stringContaining('the licence does not verify')]);
    expect(heard.map((h) => h.path)).toEqual(['/api/customers/signup', '/.well-known/jwks.json']);
  });
});

function claims() {
  return {
    customerId,
    customerName: 'Acme',
    plan: 'starter',
    features: {
      maxDevices: 10,
      dataRetentionDays: 30,
      canExecuteJobs: true,
      canScheduleJobs: false,
      hasRemoteAccess: true,
      hasOtaUpdates: false,
      canExportData: true,
      hasAdvancedAlerts: false,
      hasCustomDashboards: false,
      hasApiAccess: true,
      hasMqttAccess: true,
      hasCustomBranding: false,
    },
    limits: { maxUsers: 2, maxAlertRules: 10, maxDashboards: 5, maxJobTemplates: 10 },
    monitoring: { dedicated: false, scrapeInterval: '30s', retention: '15d', storageSize: '10Gi', grafana: false },
    trial: { isTrialMode: true, expiresAt: '2026-12-05T10:00:00.000Z' },
    subscription: { status: 'trialing', currentPeriodEndsAt: '2026-12-21T10:00:00.000Z' },
    issuedAt: 1,
    expiresAt: 2,
  };
}
