/** `npm run cluster` says what is wrong before it starts anything. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root, run } from '../project/tool.ts';

describe('npm run cluster', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-cluster-command-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const cluster = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    run('bash', [join(root, 'test/node/cluster.sh'), ...args], {
      env: { ...process.env, CLUSTER_DIR: join(folder, 'cluster'), TOOLS: join(folder, 'tools'), ...env },
    });

  it('names each program that is not there, and what to do', async () => {
    const { status, output } = await cluster(['check']);
    expect(status).toBe(1);
    for (const program of ['kubelet', 'containerd', 'coredns', 'kube-router', 'runc']) {
      expect(output).toContain(`missing  ${program}: npm run tools`);
    }
  });

  it('names what the machine lacks: here, that it is run by root', async () => {
    writeFileSync(join(folder, 'id'), '#!/bin/sh\necho 1000\n', { mode: 0o755 });
    const { status, output } = await cluster([], { PATH: `${folder}:${process.env['PATH']}`, API_PORT: '1' });
    expect(status).toBe(1);
    expect(output).toContain('this machine cannot run a node');
    expect(output).toContain('root: a node mounts, filters and makes namespaces');
  });

  it('refuses a port that is taken', async () => {
    const server = await new Promise<Server>((listening) => {
      const one = createServer().listen(0, '127.0.0.1', () => listening(one));
    });
    const { port } = server.address() as AddressInfo;
    const { status, output } = await cluster([], { API_PORT: String(port) });
    server.close();
    expect(status).toBe(1);
    expect(output).toContain(`port ${port} of 127.0.0.1 is taken: API_PORT names another`);
  });

  it('refuses a folder whose name is too long for a socket', async () => {
    const { status, output } = await cluster([], { CLUSTER_DIR: join(folder, 'x'.repeat(90)), API_PORT: '1' });
    expect(status).toBe(1);
    expect(output).toContain('too long for a socket');
  });

  it('says that none runs, and ends none', async () => {
    expect(await cluster(['status'])).toMatchObject({ status: 1, output: expect.stringContaining('none runs in') });
    expect((await cluster(['stop'])).status).toBe(0);
  });

  it('knows no other command', async () => {
    expect(await cluster(['begin'])).toMatchObject({ status: 2, output: expect.stringContaining('begin?') });
  });
});

describe('npm run cluster-check', () => {
  it('says that the cluster does not answer, and asks it nothing more', async () => {
    const { status, output } = await run('bash', [join(root, 'tools/cluster-check.sh')], {
      env: { ...process.env, KUBECONFIG: join(tmpdir(), 'there-is-no-kubeconfig') },
    });
    expect(status).toBe(1);
    expect(output).toContain('missing  an API server that answers: the one of KUBECONFIG=');
    expect(output).not.toContain('storage class');
  });
});
