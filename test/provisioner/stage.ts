/** What tests of a running provisioner stand on: a fake control plane for each test, and provisioners that end with it. */
import { afterEach, beforeEach, vi } from 'vitest';
import type { Executor } from '../../provisioner/executor.ts';
import { ok } from '../../src/lib/result.ts';
import { type FakeControlPlane, startFakeControlPlane } from './fake-control-plane.ts';
import { executorOf, type InProcess, type InProcessOptions, startInProcess } from './in-process.ts';

type PlaneOptions = Parameters<typeof startFakeControlPlane>[0];

/** Sets the stage for every test of the file. `plane` is the running test's own. */
export function setStage() {
  let plane: FakeControlPlane | undefined;
  const running = new Set<InProcess>();
  beforeEach(async () => {
    plane = await startFakeControlPlane();
  });
  afterEach(async () => {
    await Promise.all([...running].map((one) => one.stop()));
    await plane?.stop();
  });
  const stage = {
    get plane(): FakeControlPlane {
      if (!plane) throw new Error('the stage is set inside a test only');
      return plane;
    },
    /** Puts another control plane in the place of this one. */
    async replacePlane(options: PlaneOptions): Promise<void> {
      await stage.plane.stop();
      plane = await startFakeControlPlane(options);
    },
    /** Starts a provisioner that is stopped with the test, unless the test does it; `env` differs from the plane's own. */
    start(executor: Executor, options?: InProcessOptions, env: Partial<FakeControlPlane['env']> = {}): InProcess {
      const inner = startInProcess({ ...stage.plane, env: { ...stage.plane.env, ...env } }, executor, options);
      const one: InProcess = {
        ...inner,
        stop: async () => {
          if (running.delete(one)) await inner.stop();
        },
      };
      running.add(one);
      return one;
    },
  };
  return stage;
}

export const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 10 });

/** Does every job at once. */
export const quick = executorOf(async () => ok(undefined));
