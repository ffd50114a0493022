import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeServer, listen } from '../../dev/data/http.ts';
import { readSettings, warningsOf } from '../../dev/settings.ts';
import { startPlatform } from '../harness/platform.ts';
import { fixtureFolder, startFixture } from './fixture/start.ts';
import { writeNamespace } from './metering/simulated.ts';

describe('a start that cannot work says why in one line', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-start-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const refusal = (env: Record<string, string>, dataDir = folder) =>
    startFixture({ dataDir, env }).then(
      async (platform) => {
        await platform.stop();
        return 'it started';
      },
      (error: Error) => error.message,
    );

  it('when the port is taken', async () => {
    const other = createServer();
    const port = await listen(other);
    expect(await refusal({ PORT: String(port) })).toContain(`port ${port} is taken: stop what listens there`);
    await closeServer(other);
  });

  it('when the data folder cannot be written', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(await refusal({}, join(file, 'data'))).toMatch(/the data folder .*\/file\/data cannot be written: ENOTDIR/);
  });

  it('when another platform runs on the same data', async () => {
    const first = await startFixture({ dataDir: folder });
    expect(await refusal({})).toContain(`another platform is running on ${folder}`);
    expect(await first.stop()).toBe(0);
  });

  /** What it wrote, stdout and stderr, with the exit code last. */
  const linesOf = async (env: Record<string, string>, start = startFixture) =>
    start({ dataDir: folder, env }).then(
      async ({ stop }) => [`it started: ${await stop()}`],
      (error: Error) => {
        const [ended = '', ...lines] = error.message.split('\n');
        return [...lines, ended];
      },
    );
  const ended = 'the platform ended with 1';

  it('when variables are wrong: a line each', async () => {
    const env = {
      PORT: 'eighty',
      DATA_DIR: '',
      EXPORTERS: '21',
      PROMETHEUS_URL: 'nowhere',
      ALLOW_PLAIN_HTTP: 'perhaps',
    };
    expect(await linesOf(env)).toEqual([
      'PORT must be a whole number from 0 to 65535, not "eighty"',
      'EXPORTERS must be a whole number from 0 to 20, not "21"',
      'PROMETHEUS_URL must be an http or https URL, without a user, a query or a fragment',
      'ALLOW_PLAIN_HTTP must be true or false, not "perhaps"',
      ended,
    ]);
  });

  it('when an argument is wrong, beside what else is: with another exit code', async () => {
    const env = { npm_config_fresh: 'true', EXPORTERS: '21' };
    expect(await linesOf(env)).toEqual([
      'npm kept --fresh for itself: write npm start -- --fresh',
      'EXPORTERS must be a whole number from 0 to 20, not "21"',
      'the platform ended with 2',
    ]);
    expect(() => readSettings({}, ['--quickly'])).toThrow(
      'unknown argument --quickly; there are only --fresh, --at, --demo',
    );
  });

  it('when a credential would go to another machine in the clear', async () => {
    const env = {
      PROMETHEUS_URL: 'http://prometheus.example',
      PROMETHEUS_TOKEN_FILE: '/var/run/token',
      STRIPE_API_BASE: 'http://stripe.example',
      STRIPE_SECRET_KEY: 'sk_test_1',
    };
    expect(await linesOf(env)).toEqual([
      'PROMETHEUS_URL must be https, because PROMETHEUS_TOKEN_FILE is sent to it; ALLOW_PLAIN_HTTP=true allows http',
      'STRIPE_API_BASE must be https, because STRIPE_SECRET_KEY is sent to it; ALLOW_PLAIN_HTTP=true allows http',
      ended,
    ]);
    for (const allowed of [
      { ...env, ALLOW_PLAIN_HTTP: 'true' },
      { ...env, PROMETHEUS_URL: 'http://127.0.0.1:9', STRIPE_API_BASE: 'https://stripe.example' },
      { PROMETHEUS_URL: 'http://prometheus.example' },
    ]) {
      expect(readSettings(allowed, [])).toMatchObject({ port: 8787 });
    }
  });

  it('when a variable of the Worker is wrong: a line each, as the Worker says it', async () => {
    const said = await linesOf(
      { PROVISIONER_PROGRAM: 'off', RATE_LIMIT_SIGNUP: 'many', ADMIN_API_TOKEN: 'short' },
      startPlatform,
    );
    expect(said.filter((line) => /RATE_LIMIT_SIGNUP|ADMIN_API_TOKEN|worker \|/.test(line))).toEqual([
      expect.stringMatching(/^ADMIN_API_TOKEN:? must be /),
      expect.stringMatching(/^RATE_LIMIT_SIGNUP:? must be /),
    ]);
    expect(said.at(-1)).toBe(ended);
  });

  it('when a variable of the provisioner is wrong: before it says that it is ready', async () => {
    const env = { PROVISIONER_PROGRAM: 'provisioner/main.ts', QUEUE_CONCURRENCY: '900', LOG_LEVEL: 'loud' };
    const said = await linesOf(env);
    expect(said.filter((line) => /provisioner[ :]|^ready /.test(line))).toEqual([
      expect.stringMatching(/^provisioner: QUEUE_CONCURRENCY:? must be /),
      expect.stringMatching(/^provisioner: LOG_LEVEL/),
    ]);
    expect(said.at(-1)).toBe(ended);
  });

  it('when a variable of the exporters is wrong: before there is one, and before it says that it is ready', async () => {
    const env = { EXPORTERS: '1', HTTP_METRICS: 'carrier-pigeon', SETTLE_DELAY: '-1' };
    const said = await linesOf(env);
    expect(said.filter((line) => /exporter|^ready /.test(line)).toSorted()).toEqual([
      expect.stringMatching(/^exporter: HTTP_METRICS/),
      expect.stringMatching(/^exporter: SETTLE_DELAY:? must be/),
    ]);
    expect(said.at(-1)).toBe(ended);
  });

  it('when only a running exporter can tell: as soon as there is one', async () => {
    const simulated = join(folder, 'simulated-cluster');
    mkdirSync(simulated);
    writeNamespace(simulated, 'a0000001', [[Date.now(), null]]);
    const env = { EXPORTERS: '1', PROMETHEUS_URL: 'https://127.0.0.1:9', PROMETHEUS_CA_FILE: join(folder, 'none.pem') };
    const platform = await startFixture({ dataDir: folder, env });
    expect(await platform.exited).toBe(1);
    expect(platform.logs.filter((line) => line.startsWith('exporter '))).toEqual([
      expect.stringMatching(/^exporter customer-a0000001: the exporter cannot start: .*none\.pem/),
    ]);
  });

  it('when a newer version has used the data folder, and changes nothing there', async () => {
    const version = join(folder, 'version.json');
    const first = await startFixture({ dataDir: folder });
    expect(await first.stop()).toBe(0);
    expect(JSON.parse(readFileSync(version, 'utf8'))).toEqual({ format: 1, tenantry: '0.1.0' });
    writeFileSync(version, JSON.stringify({ format: 2, tenantry: '9.9.9' }));
    const advice = `${folder} was used by a newer version than this one (0.1.0): start that one, or set DATA_DIR to another folder`;
    expect(await refusal({})).toContain(`data format 2 of tenantry 9.9.9 is not known here: ${advice}`);
    writeFileSync(version, '{"format"');
    expect(await refusal({})).toMatch(/version.json cannot be read/);
    const fresh = await startFixture({ dataDir: folder, fresh: true });
    expect(await fresh.stop()).toBe(0);
  });

  it('when a newer version has migrated a database, by the name of the migration', async () => {
    const newer = join(folder, 'newer');
    cpSync(fixtureFolder, newer, { recursive: true });
    writeFileSync(join(newer, 'migrations/usage/0001_later.sql'), 'CREATE TABLE later (id TEXT);');
    const data = join(folder, 'data');
    const first = await startFixture({ dataDir: data, env: { WORKER_CONFIG: join(newer, 'wrangler.toml') } });
    expect(await first.stop()).toBe(0);
    expect(await refusal({}, data)).toContain(
      `database USAGE_0 has migrations not known here (0001_later.sql): ${data} was used by a newer version`,
    );
  });

  it('when the Worker does not bundle, with the bundler’s reason', async () => {
    writeFileSync(join(folder, 'worker.ts'), 'import "./not-there.ts"; export default {};');
    const config = join(folder, 'wrangler.toml');
    writeFileSync(config, 'name = "broken"\nmain = "worker.ts"\ncompatibility_date = "2026-10-01"\n');
    expect(await refusal({ WORKER_CONFIG: config })).toMatch(/the Worker could not be bundled:(.|\n)*not-there/);
    expect(await refusal({ WORKER_CONFIG: join(folder, 'none.toml') })).toMatch(/none\.toml/);
  });

  it('when its secrets were damaged, without replacing them', async () => {
    writeFileSync(join(folder, 'secrets.json'), '{"admin_token":');
    expect(await refusal({})).toContain('secrets.json is not JSON: restore it, or start over with --fresh');
  });
});

describe('a start that reaches further than this machine', () => {
  it('says so in a line each', () => {
    expect(warningsOf({ KUBECONFIG: '/etc/kube', STRIPE_SECRET_KEY: 'rk_live_1' })).toEqual([
      'KUBECONFIG is set: deployments are made for real, in the cluster of /etc/kube',
      'STRIPE_SECRET_KEY is a live key: customers are made in your live account',
    ]);
    expect(warningsOf({ STRIPE_SECRET_KEY: 'sk_test_1' })).toEqual([]);
  });

  it('says so before anything else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenantry-start-'));
    const env = { KUBECONFIG: join(folder, 'none'), PROVISIONER_PROGRAM: 'off', STRIPE_SECRET_KEY: 'sk_live_1' };
    const platform = await startFixture({ dataDir: folder, env });
    expect(platform.logs.slice(0, 3)).toEqual([
      'Tenantry starts',
      `warn: KUBECONFIG is set: deployments are made for real, in the cluster of ${env.KUBECONFIG}`,
      'warn: STRIPE_SECRET_KEY is a live key: customers are made in your live account',
    ]);
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  });
});

describe('a start on a ready line that was damaged', () => {
  it('says so, and writes it anew', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenantry-start-'));
    writeFileSync(join(folder, 'ready.json'), '{"url":');
    const platform = await startFixture({ dataDir: folder });
    expect(platform.logs.filter((line) => line.includes('of the last run cannot be read'))).toHaveLength(1);
    expect(JSON.parse(readFileSync(join(folder, 'ready.json'), 'utf8'))).toEqual(platform.ready);
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  });
});
