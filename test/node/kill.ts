/** Killing containers of a stack as the kernel would, and waiting until they are back. */
import { expect, vi } from 'vitest';
import type { TestNode } from '../harness/node.ts';
import { firstProcess } from './kernel.ts';
import { podOf } from './stack.ts';

/** A component, and its container where that has another name. */
export type Container = readonly [component: string, container?: string];

/** For what hangs; the kubelet waits up to 10 s before it starts a container again. */
export const wait = { timeout: 120_000, interval: 500 };

const stateOf = async (node: TestNode, containers: readonly Container[]) =>
  await Promise.all(containers.map(([component, container]) => podOf(node, component, container)));

/** How often each was started anew, and why last. */
export async function endsOf(node: TestNode, containers: readonly Container[]) {
  const states = await stateOf(node, containers);
  return states.map(({ name, restarts, lastEnd }, index) => ({ of: containers[index], name, restarts, lastEnd }));
}

/** Kills the first process of each, all at once, and waits until each has been started once more and is ready. */
export async function killAll(node: TestNode, containers: readonly Container[]): Promise<void> {
  const before = await stateOf(node, containers);
  const firsts = await Promise.all(
    before.map(async ({ uid, containerId }) => firstProcess(await node.cgroup('cpuacct', uid, containerId))),
  );
  for (const pid of firsts) process.kill(pid, 'SIGKILL');
  await vi.waitFor(async () => {
    const after = await stateOf(node, containers);
    expect(after.map(({ restarts, ready }, index) => [containers[index], restarts, ready])).toEqual(
      before.map(({ restarts }, index) => [containers[index], restarts + 1, true]),
    );
  }, wait);
}
