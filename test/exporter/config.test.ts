import { describe, expect, it } from 'vitest';
import { type Env, readConfig } from '../../exporter/config.ts';
import { windowsBetween } from '../../exporter/dry-run.ts';
import { readOptions } from '../../exporter/options.ts';
import { customerId, hourMs } from './stand-ins.ts';

const needed: Env = {
  CUSTOMER_ID: customerId,
  PROMETHEUS_URL: 'http://p:9090',
  BILLING_API_URL: 'https://b.example',
  API_KEY: 'k',
};
const read = (env: Env = {}, dryRun = false) => readConfig({ ...needed, ...env }, dryRun);
const refusal = (env: Env) => {
  const config = read(env);
  return config.ok ? [] : config.error;
};

describe('the environment', () => {
  it('needs only what the seed needs, and a key', () => {
    const config = read();
    expect(config.ok && config.value).toMatchObject({
      instanceId: 'k8s-cluster-1',
      namespace: 'customer-a1b2c3d4',
      intervalMs: hourMs,
      windowMs: hourMs,
      settleMs: 120_000,
      gapLimitMs: 300_000,
      port: 8080,
      http: 'nginx',
      hostNetwork: 'detect',
      logLevel: 'info',
    });
  });

  it('tells every missing variable at once, a line each', () => {
    const config = readConfig({}, false);
    expect(config.ok ? [] : config.error).toEqual(
      ['CUSTOMER_ID', 'PROMETHEUS_URL', 'BILLING_API_URL']
        .map((n) => `${n} is required`)
        .concat('API_KEY or API_KEY_FILE is required'),
    );
  });

  it.each([
    ['CUSTOMER_ID', 'cust_abc'],
    ['PROMETHEUS_URL', 'prometheus:9090'],
    ['BILLING_API_URL', 'file:///etc/passwd'],
    ['NAMESPACE', 'Not A Namespace'],
    ['NAMESPACE', 'x"} or vector(1) #'],
    ['COLLECTION_INTERVAL', '1e3'],
    ['SETTLE_DELAY', '-1'],
    ['HEALTH_CHECK_PORT', '70000'],
    ['LOG_LEVEL', 'loud'],
    ['HTTP_METRICS', 'apache'],
    ['HOST_NETWORK', 'maybe'],
    ['BACKFILL_FROM', 'yesterday'],
    ['MODE', 'galaxy'],
  ])('refuses %s=%s in one line that names it', (name, value) => {
    const lines = refusal({ [name]: value });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(name);
  });

  it('refuses what this version has no source for', () => {
    expect(refusal({ MODE: 'cluster' })[0]).toContain('are for MODE=namespace');
    expect(refusal({ OPENCOST_URL: 'opencost:9003' })[0]).toContain('OPENCOST_URL must be');
    expect(refusal({ HTTP_METRICS: 'traefik', NAMESPACE: 'shop' })[0]).toContain('HTTP_METRICS=traefik');
    expect(refusal({ HTTP_METRICS: 'traefik' })).toEqual([]);
  });

  it.each(['900000', '3600000', '21600000'])('takes an interval of %s ms', (COLLECTION_INTERVAL) => {
    expect(refusal({ COLLECTION_INTERVAL })).toEqual([]);
  });

  it.each(['0', '60000', '300000', '1800000', '5400000'])('refuses an interval of %s ms', (COLLECTION_INTERVAL) => {
    expect(refusal({ COLLECTION_INTERVAL })[0]).toContain('15 minutes');
  });

  it('takes minutes where short windows are allowed, with half a minute as a gap', () => {
    const config = read({ COLLECTION_INTERVAL: '60000', ALLOW_SHORT_WINDOWS: 'true', SETTLE_DELAY: '0' });
    expect(config.ok && config.value).toMatchObject({ windowMs: 60_000, gapLimitMs: 30_000, settleMs: 0 });
  });

  it('sends no credential in the clear unless that is allowed', () => {
    const clear = { BILLING_API_URL: 'http://b.example', PROMETHEUS_TOKEN: 't' };
    const why = 'is sent to it; ALLOW_PLAIN_HTTP=true allows http';
    expect(refusal(clear)).toEqual([
      `PROMETHEUS_URL must be https, because PROMETHEUS_TOKEN ${why}`,
      `BILLING_API_URL must be https, because API_KEY ${why}`,
    ]);
    expect(refusal({ ...clear, ALLOW_PLAIN_HTTP: 'true' })).toEqual([]);
    expect(refusal({ BILLING_API_URL: 'http://127.0.0.1:8787' })).toEqual([]);
  });

  it('says what an interval may be, and what it was', () => {
    expect(refusal({ COLLECTION_INTERVAL: '5' })).toEqual([
      'COLLECTION_INTERVAL must be 900000 (15 minutes) or a multiple of 3600000 (an hour), up to 7 days, not "5"',
    ]);
  });

  it('takes one kind of Prometheus credential, whole', () => {
    expect(
      refusal({
        PROMETHEUS_URL: 'https://p',
        PROMETHEUS_TOKEN: 't',
        PROMETHEUS_USERNAME: 'u',
        PROMETHEUS_PASSWORD: 'p',
      })[0],
    ).toContain('only one');
    expect(refusal({ PROMETHEUS_USERNAME: 'u' })[0]).toContain('go together');
  });

  it.each([
    ['cluster="prod",env=~"a|b"', 'cluster="prod",env=~"a|b"'],
    ['{cluster="prod"}', 'cluster="prod"'],
    [' cluster = "a\\"b" , x!="" ', 'cluster="a\\"b",x!=""'],
  ])('takes the matchers %s', (PROMETHEUS_MATCHERS, matchers) => {
    const config = read({ PROMETHEUS_MATCHERS });
    expect(config.ok && config.value.prometheus.matchers).toBe(matchers);
  });

  it.each([
    ['PROMETHEUS_MATCHERS', 'cluster=prod'],
    ['PROMETHEUS_MATCHERS', 'cluster="prod" or vector(1)'],
    ['PROMETHEUS_MATCHERS', 'namespace="shop"'],
    ['PROMETHEUS_HEADERS', 'X-Scope-OrgID tenant'],
    ['PROMETHEUS_HEADERS', 'Authorization: Bearer x'],
    ['PROMETHEUS_HEADERS', 'X-A: 1; nonsense\nX-B'],
    ['PROMETHEUS_URL', 'http://user@p:9090'],
    ['CADVISOR_JOB', '('],
  ])('refuses %s=%s instead of leaving it out', (name, value) => {
    expect(refusal({ [name]: value })[0]).toContain(`${name} must be`);
  });

  it('keeps path, query and credentials of the URL, and sends the headers that are given', () => {
    const config = read({
      PROMETHEUS_URL: 'https://us%40er:pa%3Ass@p.example/api/prom?tenant=a&x=1',
      PROMETHEUS_HEADERS: 'X-Scope-OrgID: a|b; X-Other: c,d;e',
      HTTP_METRICS_JOB: 'ingress-.*',
    });
    expect(config.ok && config.value.prometheus).toEqual({
      url: 'https://p.example/api/prom?tenant=a&x=1',
      basic: { username: 'us@er', password: { value: 'pa:ss' } },
      headers: { 'X-Scope-OrgID': 'a|b', 'X-Other': 'c,d;e' },
    });
    expect(config.ok && config.value.targets.nginx?.job?.test('ingress-nginx')).toBe(true);
    expect(refusal({ PROMETHEUS_URL: 'http://u:p@p.example' })[0]).toContain('PROMETHEUS_URL must be https');
    expect(refusal({ PROMETHEUS_URL: 'https://u:p@p.example', PROMETHEUS_TOKEN: 't' })[0]).toContain('only one may be');
  });

  it('needs neither key nor API for a dry run', () => {
    expect(
      readConfig({ CUSTOMER_ID: 'cust_abc123xyz', NAMESPACE: 'customer-abc', PROMETHEUS_URL: 'http://p:9090' }, true)
        .ok,
    ).toBe(true);
  });
});

describe('a dry run', () => {
  const now = Date.parse('2026-05-02T00:10:00Z');
  it('is of whole windows between two aligned times', () => {
    const windows = windowsBetween('2026-05-01T10:00:00Z', '2026-05-01T13:00:00Z', hourMs, now);
    expect(windows.ok && windows.value.map((w) => new Date(w.startMs).toISOString().slice(11, 16))).toEqual([
      '10:00',
      '11:00',
      '12:00',
    ]);
  });

  it.each([
    ['2026-05-01T10:10:00Z', '2026-05-01T13:00:00Z', '--from'],
    ['2026-05-01T10:00:00Z', '2026-05-01T13:00:01Z', '--to'],
    ['2026-05-01T10:00:00Z', '2026-05-01T10:00:00Z', 'after'],
    ['2026-05-01T10:00:00Z', '2026-05-02T01:00:00Z', 'not over'],
    ['soon', '2026-05-02T01:00:00Z', 'not a time'],
  ])('refuses %s to %s', (from, to, reason) => {
    const windows = windowsBetween(from, to, hourMs, now);
    expect(windows.ok ? '' : windows.error).toContain(reason);
  });

  it('is asked for whole or not at all', () => {
    expect(readOptions([])).toEqual({ ok: true, value: { mode: 'run' } });
    for (const args of [['--dry-run'], ['--from', 'x'], ['--dry-run', '--from', 'x'], ['--nonsense']])
      expect(readOptions(args).ok).toBe(false);
  });
});
