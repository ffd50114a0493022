/** What a provisioner does while something else is down, and how it measures its time. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sleep } from '../../provisioner/clock.ts';
import { err, ok } from '../../src/lib/result.ts';
import { type FakeControlPlane, startFakeControlPlane } from './fake-control-plane.ts';
import { executorOf, type InProcess, startInProcess } from './in-process.ts';

let plane: FakeControlPlane;
let running: InProcess[];

beforeEach(async () => {
  plane = await startFakeControlPlane();
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await plane.stop();
});

const start = (...args: Parameters<typeof startInProcess> extends [unknown, ...infer Rest] ? Rest : never) => {
  const one = startInProcess(plane, ...args);
  running.push(one);
  return one;
};
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 10 });
const quick = executorOf(async () => ok(undefined));
describe('outages', () => {
  const warnings = (one: InProcess, about: string) =>
    one.lines.filter((line) => line.level === 40 && line.msg.startsWith(about));
  const backs = (one: InProcess, about: string) =>
    one.lines.filter((line) => line.level === 30 && line.msg.startsWith(`${about}: back`));

  it('an API that is down costs one line, one when it is back, and no work', async () => {
    plane.faults.api = true;
    const on = plane.deployment();
    plane.want(on, 'running');
    const one = start(quick);
    await sleep(300);
    expect(warnings(one, 'control plane')).toHaveLength(1);
    plane.faults.api = false;
    await eventually(() => expect(on.observed).toBe(1));
    expect(backs(one, 'control plane')).toHaveLength(1);
  });

  it('a queue that is down costs one line, and work is found without it', async () => {
    plane.faults.queue = true;
    const one = start(quick);
    await sleep(200);
    const on = plane.deployment();
    plane.want(on, 'running');
    await eventually(() => expect(on.observed).toBe(1));
    plane.faults.queue = false;
    await eventually(() => expect(plane.bells).toEqual([]));
    expect(warnings(one, 'queue')).toHaveLength(1);
    expect(backs(one, 'queue')).toHaveLength(1);
  });

  it('a cluster that does not answer: nothing is claimed, so no run is used up, until it is back', async () => {
    let there = false;
    const on = plane.deployment();
    const job = plane.want(on, 'running');
    const one = start(
      executorOf(
        async () => ok(undefined),
        async () => (there ? ok(undefined) : err('connect ECONNREFUSED')),
      ),
    );
    await sleep(200);
    expect(plane.seen.next).toBe(0);
    there = true;
    await eventually(() => expect(job).toMatchObject({ state: 'completed', attempts: 1 }));
    expect(warnings(one, 'cluster')).toHaveLength(1);
  });

  it('an API that is down when the job ends gets the result when it is back', async () => {
    const on = plane.deployment();
    const one = start(
      executorOf(async () => {
        plane.faults.api = true;
        setTimeout(() => {
          plane.faults.api = false;
        }, 400);
        return ok(undefined);
      }),
    );
    const job = plane.want(on, 'running');
    await eventually(() => expect(one.ends).toEqual(['completed']));
    expect(job.attempts).toBe(1);
  });

  it('a wrong token is said, once', async () => {
    const one = start(quick);
    await eventually(() => expect(plane.queueSeen.pulls).toBeGreaterThan(0));
    const wrong = startInProcess({ ...plane, env: { ...plane.env, PROVISIONER_TOKEN: 'wrong' } }, quick);
    running.push(wrong);
    await sleep(150);
    expect(warnings(wrong, 'control plane').map((line) => line.msg)).toEqual([
      'control plane: the API refuses PROVISIONER_TOKEN (401); trying again until it answers',
    ]);
    expect(warnings(one, 'control plane')).toEqual([]);
  });
});

describe('deadlines', () => {
  it('the API’s clock being hours off moves nothing', async () => {
    await plane.stop();
    plane = await startFakeControlPlane({ timeoutMs: 20_000, clockSkewMs: -5 * 3_600_000 });
    let left = 0;
    start(
      executorOf(async ({ deadlines }) => {
        left = deadlines.workUntil - performance.now();
        return ok(undefined);
      }),
    );
    const on = plane.deployment();
    plane.want(on, 'running');
    await eventually(() => expect(on.observed).toBe(1));
    expect(left).toBeGreaterThan(15_000);
    expect(left).toBeLessThanOrEqual(20_000);
  });

  it('JOB_TIMEOUT_MS shortens a job’s time, and never lengthens it', async () => {
    const lefts: number[] = [];
    const measure = executorOf(async ({ deadlines }) => {
      lefts.push(Math.round((deadlines.workUntil - performance.now()) / 10_000));
      return ok(undefined);
    });
    const on = plane.deployment();
    const short = start(measure, { timeoutCapMs: 20_000 });
    plane.want(on, 'running');
    await eventually(() => expect(on.observed).toBe(1));
    await short.stop();
    running = [];
    start(measure, { timeoutCapMs: 3_000_000 });
    plane.want(on, 'running');
    await eventually(() => expect(on.observed).toBe(2));
    expect(lefts).toEqual([2, 30]);
  });
});
