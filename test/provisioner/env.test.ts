/** The environment alone configures it, and each wrong variable is one line. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accessOf, readConfig } from '../../provisioner/env.ts';
import { helmEnv } from '../../provisioner/helm.ts';
import { helmIsNewEnough } from '../../provisioner/preflight.ts';

const whole = {
  BILLING_API_URL: 'http://127.0.0.1:8787',
  PROVISIONER_TOKEN: 'prv_1_2',
  QUEUE_API_URL: 'https://api.cloudflare.com/client/v4',
  QUEUE_ACCOUNT_ID: 'acc',
  QUEUE_ID: 'queue',
  QUEUE_API_TOKEN: 'token',
  KUBECONFIG: '/etc/kubeconfig',
};
const linesOf = (env: Record<string, string | undefined>): string[] => {
  const read = readConfig(env);
  return read.ok ? [] : read.error;
};

describe('the environment', () => {
  it('has the documented defaults', () => {
    const read = readConfig(whole);
    expect(read.ok && read.value).toMatchObject({
      HELM_BIN: 'helm',
      HELM_CHART_PATH: 'charts/customer-instance',
      QUEUE_CONCURRENCY: 3,
      SIMULATE_K8S_DEPLOYMENT: false,
    });
    expect(read.ok && read.value.JOB_TIMEOUT_MS).toBeUndefined();
  });

  it('names every missing variable, an empty one too', () => {
    expect(linesOf({ QUEUE_ID: '' })).toEqual([
      'BILLING_API_URL is required',
      'PROVISIONER_TOKEN is required',
      'QUEUE_API_URL is required',
      'QUEUE_ACCOUNT_ID is required',
      'QUEUE_ID is required',
      'QUEUE_API_TOKEN is required',
      'KUBECONFIG is required outside a cluster, unless SIMULATE_K8S_DEPLOYMENT=true',
    ]);
  });

  it('takes the role that it binds together with whom it binds it to, or neither', () => {
    const role = { CUSTOMER_CLUSTER_ROLE: 'p-customer' };
    const both = readConfig({ ...whole, ...role, SERVICE_ACCOUNT: 'tenantry/p' });
    expect(both.ok && accessOf(both.value)).toEqual({
      role: 'p-customer',
      account: { namespace: 'tenantry', name: 'p' },
    });
    const neither = readConfig(whole);
    expect(neither.ok && accessOf(neither.value)).toBeUndefined();
    for (const one of [role, { SERVICE_ACCOUNT: 'tenantry/p' }])
      expect(linesOf({ ...whole, ...one })).toEqual([
        'CUSTOMER_CLUSTER_ROLE and SERVICE_ACCOUNT are set together or not at all',
      ]);
  });

  it.each([
    ['SERVICE_ACCOUNT', 'p', 'must be {namespace}/{name} of a service account, not "p"'],
    ['BILLING_API_URL', 'billing', 'must be an http or https URL, without a user, a query or a fragment'],
    ['QUEUE_API_URL', 'ftp://x', 'must be an http or https URL, without a user, a query or a fragment'],
    ['PROVISIONER_TOKEN', 'a b', 'must be printable ASCII without spaces'],
    ['QUEUE_CONCURRENCY', '0', 'must be a whole number from 1 to 50, not "0"'],
    ['QUEUE_CONCURRENCY', '3.5', 'must be a whole number from 1 to 50, not "3.5"'],
    ['QUEUE_CONCURRENCY', '-1', 'must be a whole number from 1 to 50, not "-1"'],
    ['JOB_TIMEOUT_MS', '5m', 'must be a whole number of milliseconds from 5000 to 3600000, not "5m"'],
    ['JOB_TIMEOUT_MS', '100', 'must be a whole number of milliseconds from 5000 to 3600000, not "100"'],
    ['SIMULATE_K8S_DEPLOYMENT', 'yes', 'must be true or false, not "yes"'],
    [
      'BILLING_API_URL',
      'http://b.example',
      'must be https, because PROVISIONER_TOKEN is sent to it; ALLOW_PLAIN_HTTP=true allows http',
    ],
    [
      'QUEUE_API_URL',
      'http://q.example',
      'must be https, because QUEUE_API_TOKEN is sent to it; ALLOW_PLAIN_HTTP=true allows http',
    ],
    ['BASE_DOMAIN', 'Example..com', 'must be a lower-case DNS name'],
  ])('%s=%s is one line', (name, value, why) => {
    expect(linesOf({ ...whole, [name]: value })).toEqual([`${name} ${why}`]);
  });

  it('wants a kubeconfig, but not in simulation and not inside a cluster', () => {
    const { KUBECONFIG: _, ...without } = whole;
    expect(linesOf(without)).toEqual(['KUBECONFIG is required outside a cluster, unless SIMULATE_K8S_DEPLOYMENT=true']);
    expect(linesOf({ ...without, SIMULATE_K8S_DEPLOYMENT: 'true' })).toEqual([]);
    expect(linesOf({ ...without, KUBERNETES_SERVICE_HOST: '10.96.0.1' })).toEqual([]);
  });

  it('takes the operator’s values from a file alone: not from stdin, not from the network', () => {
    const fileOf = (path: string) => {
      const read = readConfig({ ...whole, HELM_VALUES_FILE: path });
      return read.ok && read.value.HELM_VALUES_FILE;
    };
    expect(fileOf('-')).toBe(join(process.cwd(), '-'));
    expect(fileOf('https://example.com/v.yaml')).toBe(join(process.cwd(), 'https:/example.com/v.yaml'));
    expect(fileOf('/etc/v.yaml')).toBe('/etc/v.yaml');
  });

  it('never repeats a value, which may be a secret in the wrong place', () => {
    expect(linesOf({ ...whole, BILLING_API_URL: 'sk_live_secret' }).join()).not.toContain('sk_live_secret');
  });
});

describe('helm’s environment', () => {
  const env = helmEnv(
    {
      PATH: '/bin',
      HTTPS_PROXY: 'http://p',
      HELM_NAMESPACE: 'evil',
      HELM_DEBUG: '1',
      PROVISIONER_TOKEN: 'a',
      QUEUE_API_TOKEN: 'b',
      KUBECONFIG: '/theirs',
    },
    '/ours',
    '/tmp/h',
  );

  it('keeps what a network needs and none of our secrets or settings that would change Helm', () => {
    expect(env).toEqual({
      PATH: '/bin',
      HTTPS_PROXY: 'http://p',
      KUBECONFIG: '/ours',
      HELM_CACHE_HOME: '/tmp/h/cache',
      HELM_CONFIG_HOME: '/tmp/h/config',
      HELM_DATA_HOME: '/tmp/h/data',
      KUBECACHEDIR: '/tmp/h/kube',
    });
  });
});

describe('helm’s version', () => {
  it.each([
    ['v3.20.1', false],
    ['v3.20.2', true],
    ['v3.21.0', true],
    ['v3.9.9', false],
    ['v4.0.0', false],
    ['v4.1.3', false],
    ['v4.1.4', true],
    ['v4.1', false],
    ['v4.3', true],
    ['v4.3.1+g123', true],
    ['v5.0.0', true],
    ['v2.17.0', false],
    ['', false],
    ['latest', false],
  ])('%s: %s', (version, enough) => {
    expect(helmIsNewEnough(version)).toBe(enough);
  });
});
