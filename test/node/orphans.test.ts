/** Whoever starts a node may be killed at any moment: nothing of it stays on the machine. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { describeOnNode } from '../harness/node.ts';
import { toolPath, toolsFolder } from '../harness/tools.ts';
import { loopDevicesOf, processesOf } from './kernel.ts';

const run = promisify(execFile);
const scripts = import.meta.dirname;
const env = { ...process.env, TOOLS: toolsFolder };
/** For what hangs. */
const wait = { timeout: 120_000, interval: 50 };

/** Starts a node as a test does. */
const ownerProgram = `
  const { spawn } = require('node:child_process');
  spawn(process.env.UP, [process.env.FOLDER], { env: { ...process.env, OWNER_PID: String(process.pid) }, stdio: 'ignore' });
  setInterval(() => {}, 1e6);`;

const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'claim', namespace: 'default' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '64Mi' } } },
};

describeOnNode('a node that is not ended in order', () => {
  let folder: string;
  let owner: ChildProcess;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-node-orphans-'));
    owner = spawn(process.execPath, ['-e', ownerProgram], {
      env: { ...env, UP: join(scripts, 'up.sh'), FOLDER: folder },
      stdio: 'ignore',
      detached: true,
    });
  });
  afterEach(async () => {
    owner.kill('SIGKILL');
    await run(join(scripts, 'down.sh'), [folder], { env });
  });

  const cgroups = () =>
    readFileSync(join(folder, 'cgroups'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '');
  /** Until the node is so far that it makes volumes: its pods have no images here, and never become ready. */
  const up = () =>
    vi.waitUntil(
      () => existsSync(join(folder, 'log/volumes.pid')) && existsSync(join(folder, 'log/kube-router.pid')),
      wait,
    );

  it('leaves no process, cgroup, loop device or file when its owner’s whole group is killed', async () => {
    await up();
    const kubectl = (...args: string[]) =>
      run(toolPath('kubectl'), ['--kubeconfig', join(folder, 'kubeconfig'), ...args], { env });
    const created = kubectl('create', '-f', '-');
    created.child.stdin?.end(JSON.stringify(claim));
    await created;
    await vi.waitUntil(() => loopDevicesOf(folder).length === 1, wait);
    const own = cgroups();
    expect(own.filter((path) => existsSync(path))).toEqual(own);
    process.kill(-(owner.pid ?? 0), 'SIGKILL');
    await vi.waitUntil(() => !existsSync(folder), wait);
    expect(own.filter((path) => existsSync(path))).toEqual([]);
    expect(loopDevicesOf(folder)).toEqual([]);
  });

  it('leaves no process when its keeper is killed, and is cleared up by whoever ends it', async () => {
    await up();
    const own = cgroups();
    process.kill(Number(readFileSync(join(folder, 'keeper.pid'), 'utf8')), 'SIGKILL');
    await vi.waitFor(
      () => expect(own.flatMap((path) => (existsSync(path) ? processesOf(path) : []))).toEqual([]),
      wait,
    );
    await run(join(scripts, 'down.sh'), [folder], { env });
    expect(own.filter((path) => existsSync(path))).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });
});
