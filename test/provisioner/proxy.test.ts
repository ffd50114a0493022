/** What goes through a proxy is what kubectl and Helm would send through it, and it gets there. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../provisioner/env.ts';
import { call, connect } from '../../provisioner/kube.ts';
import { proxyFor, proxyUrl } from '../../provisioner/proxy.ts';
import { clusterTools, startCluster } from '../harness/cluster.ts';
import { describeWithTools } from '../harness/tools.ts';
import { type FakeControlPlane, startFakeControlPlane } from './fake-control-plane.ts';
import { type ProvisionerProcess, startProvisioner } from './real-cluster.ts';

describe('which proxy', () => {
  const [https, http] = ['http://secure.proxy:3128/', 'http://plain.proxy:3128/'];
  const none = 'example.com, .internal,*.svc,10.0.0.0/8,192.0.2.7,fd00::/8,[2001:db8::1]:8443,other.test:8443';

  it.each<[string, string | undefined]>([
    ['https://api.cloudflare.com/client/v4', https],
    ['http://billing.test', http],
    ['https://example.com', undefined],
    ['https://a.example.com', undefined],
    ['https://notexample.com', https],
    ['https://internal', https],
    ['https://a.internal', undefined],
    ['https://kubernetes.default.svc', undefined],
    ['https://10.96.0.1:443', undefined],
    ['https://11.0.0.1', https],
    ['https://192.0.2.7:6443', undefined],
    ['https://192.0.2.8', https],
    ['https://[fd12::1]', undefined],
    ['https://[2001:db8::1]:8443', undefined],
    ['https://[2001:db8::1]', https],
    ['https://other.test:8443', undefined],
    ['https://other.test', https],
    ['https://localhost:6443', undefined],
    ['https://127.8.8.8', undefined],
    ['http://[::1]:8787', undefined],
  ])('%s: %s', (url, proxy) => {
    expect(proxyFor(url, { https, http, none })).toBe(proxy);
  });

  it('none for whoever names none, or everything in NO_PROXY', () => {
    expect(proxyFor('https://a.test', { http })).toBeUndefined();
    expect(proxyFor('http://a.test', { https })).toBeUndefined();
    expect(proxyFor('https://a.test', { https, none: 'b.test,*' })).toBeUndefined();
    expect(proxyFor('https://a.test', { https, none: '10.0.0.0/99,,' })).toBe(https);
  });

  it('as the environment names it, in either case', () => {
    const env = {
      BILLING_API_URL: 'https://b.test',
      PROVISIONER_TOKEN: 'p',
      QUEUE_API_URL: 'https://q.test',
      QUEUE_ACCOUNT_ID: 'a',
      QUEUE_ID: 'q',
      QUEUE_API_TOKEN: 't',
      SIMULATE_K8S_DEPLOYMENT: 'true',
    };
    const read = readConfig({
      ...env,
      https_proxy: 'proxy.test:3128',
      HTTP_PROXY: 'socks5://s',
      http_proxy: 'http://no',
    });
    expect(read.ok && read.value).toMatchObject({ HTTPS_PROXY: 'http://proxy.test:3128/', HTTP_PROXY: 'socks5://s' });
    const wrong = readConfig({ ...env, HTTPS_PROXY: 'ftp://user:secret@proxy.test' });
    expect(wrong.ok ? [] : wrong.error).toEqual(['HTTPS_PROXY must be the URL of an http, https or socks5 proxy']);
    expect(proxyUrl.read('http://')).toBeUndefined();
  });
});

/** A proxy that tunnels every CONNECT, and forwards nothing but to `to`, by its port on this machine. */
async function startTunnels(to: () => number) {
  const asked: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(502).end();
  });
  server.on('connect', (request, client) => {
    asked.push(`CONNECT ${request.url}`);
    authorizations.push(request.headers['proxy-authorization']);
    const upstream = connectTcp(to(), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    authorizations,
    stop: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

describe('the API and the queue', () => {
  let plane: FakeControlPlane;
  let running: ProvisionerProcess[] = [];
  beforeEach(async () => {
    plane = await startFakeControlPlane();
  });
  afterEach(async () => {
    await Promise.all(running.map((one) => one.stop('SIGKILL')));
    running = [];
    await plane.stop();
  });
  const start = (env: Record<string, string>): ProvisionerProcess => {
    const one = startProvisioner(plane, env);
    running.push(one);
    return one;
  };

  it('are asked through the proxy, with its credentials, and not where NO_PROXY names them', async () => {
    const tunnels = await startTunnels(() => Number(new URL(plane.url).port));
    const folder = await mkdtemp(join(tmpdir(), 'tenantry-proxy-test-'));
    const env = {
      BILLING_API_URL: 'https://api.proxied.test',
      QUEUE_API_URL: 'https://queue.proxied.test',
      HTTPS_PROXY: `http://me:word@${tunnels.url}`,
      SIMULATE_K8S_DEPLOYMENT: 'true',
      SIMULATED_CLUSTER_DIR: folder,
    };
    const asked = async (name: string, more: Record<string, string>) => {
      tunnels.asked.length = 0;
      const one = start({ ...env, ...more });
      await vi.waitFor(() => expect(tunnels.asked, one.output()).toContain(`CONNECT ${name}:443`), { timeout: 30_000 });
      await one.stop('SIGKILL');
      return new Set(tunnels.asked).size;
    };
    expect(await asked('api.proxied.test', {})).toBe(1);
    // The queue is asked once the API has answered.
    expect(await asked('queue.proxied.test', { BILLING_API_URL: plane.url })).toBe(1);
    expect(new Set(tunnels.authorizations)).toEqual(new Set([`Basic ${Buffer.from('me:word').toString('base64')}`]));

    tunnels.asked.length = 0;
    start({ ...env, BILLING_API_URL: plane.url, NO_PROXY: 'queue.proxied.test' });
    const on = plane.deployment();
    plane.want(on, 'running');
    await vi.waitFor(() => expect(on.observed).toBe(1), { timeout: 30_000 });
    expect(tunnels.asked).toEqual([]);
    await tunnels.stop();
    await rm(folder, { recursive: true, force: true });
  });
});

describeWithTools(clusterTools, 'a cluster behind a proxy', () => {
  vi.setConfig({ testTimeout: 120_000 });

  it('is asked through the proxy of the environment, and through the kubeconfig’s own before it', async () => {
    const cluster = await startCluster();
    const text = await readFile(cluster.kubeconfig, 'utf8');
    const port = Number(/server: "?https:\/\/[^:]+:(\d+)/.exec(text)?.[1]);
    const [ours, theirs] = [await startTunnels(() => port), await startTunnels(() => port)];
    const folder = await mkdtemp(join(tmpdir(), 'tenantry-proxy-test-'));
    const named = text.replace(
      /server: "?https:\/\/[^:]+:(\d+)"?/,
      `server: "https://kube.proxied.test:${port}", tls-server-name: kubernetes`,
    );
    const ask = async (kubeconfig: string, none?: string) => {
      const path = join(folder, 'kubeconfig');
      await writeFile(path, kubeconfig);
      const kube = connect(path, {}, { https: `http://${ours.url}`, none });
      if (!kube.ok) throw new Error(kube.error);
      const answer = await call(kube.value.core.readNamespace({ name: 'kube-system' }));
      await kube.value.close();
      return answer.ok ? answer.value.metadata?.name : answer.error.kind;
    };
    expect(await ask(named)).toBe('kube-system');
    expect([ours.asked.length, theirs.asked.length]).toEqual([1, 0]);
    expect(await ask(named.replace('tls-server-name', `proxy-url: "http://${theirs.url}", tls-server-name`))).toBe(
      'kube-system',
    );
    expect([ours.asked.length, theirs.asked.length]).toEqual([1, 1]);
    // Nobody has that name: what is asked directly does not get there.
    expect(await ask(named, '.proxied.test')).toBe('unreachable');
    expect([...ours.asked, ...theirs.asked]).toEqual(Array(2).fill(`CONNECT kube.proxied.test:${port}`));
    await Promise.all([ours.stop(), theirs.stop(), cluster.stop()]);
    await rm(folder, { recursive: true, force: true });
  });
});
