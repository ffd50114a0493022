/** Whoever starts a test cluster may be killed at any moment of it: nothing of the cluster stays behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { clusterTools } from '../harness/cluster.ts';
import { descendants, programOf } from '../harness/processes.ts';
import { describeWithTools, toolsFolder } from '../harness/tools.ts';

const upScript = join(import.meta.dirname, 'up.sh');
/** Starts a cluster as startCluster does, and is killed before it is there. */
const ownerProgram = `
  const { spawn } = require('node:child_process');
  spawn(process.env.UP, [process.env.FOLDER], { env: { ...process.env, OWNER_PID: String(process.pid) }, stdio: 'ignore' });
  setInterval(() => {}, 1e6);`;

/** Processes that run in a folder; what up.sh starts does, each of them. */
const processesIn = (folder: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, '') === folder;
      } catch {
        return false;
      }
    })
    .flatMap((pid) => programOf(Number(pid)) ?? []);

describeWithTools(clusterTools, 'a test cluster whose owner is killed while it starts', () => {
  vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });
  const wait = { timeout: 60_000, interval: 20 };
  let folder: string;
  let owner: ChildProcess;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-orphans-'));
    owner = spawn(process.execPath, ['-e', ownerProgram], {
      env: { ...process.env, UP: upScript, FOLDER: folder, TOOLS: toolsFolder },
      stdio: 'ignore',
      detached: true,
    });
  });
  afterEach(() => {
    owner.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const gone = () => vi.waitFor(() => expect(processesIn(folder)).toEqual([]), wait);
  /** Waits until a part has begun. */
  const begun = (part: string) => vi.waitUntil(() => existsSync(join(folder, `${part}.pid`)), wait);
  const upOf = () => descendants(owner.pid ?? 0).find((pid) => programOf(pid)?.includes('up.sh')) ?? 0;

  it.each(['etcd', 'apiserver', 'controllers'])('leaves nothing, killed alone as %s begins', async (part) => {
    await begun(part);
    owner.kill('SIGKILL');
    await gone();
  });

  it.each(['owner-watch', 'etcd', 'apiserver'])('leaves nothing, killed with its script as %s begins', async (part) => {
    await begun(part);
    process.kill(upOf(), 'SIGKILL');
    owner.kill('SIGKILL');
    await gone();
  });

  it('leaves nothing, killed with all of its group', async () => {
    await begun('apiserver');
    process.kill(-(owner.pid ?? 0), 'SIGKILL');
    await gone();
  });
});
