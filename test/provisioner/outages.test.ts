/** What a provisioner does while something else is down, and how it measures its time. */
import { describe, expect, it } from 'vitest';
import { sleep } from '../../provisioner/clock.ts';
import { type FailureCode, failed } from '../../provisioner/failure.ts';
import { err, ok } from '../../src/lib/result.ts';
import { executorOf, type InProcess } from './in-process.ts';
import { eventually, quick, setStage } from './stage.ts';

const stage = setStage();

describe('outages', () => {
  const warnings = (one: InProcess, about: string) =>
    one.lines.filter((line) => line.level === 40 && line.msg.startsWith(about));
  const backs = (one: InProcess, about: string) =>
    one.lines.filter((line) => line.level === 30 && line.msg.startsWith(`${about}: back`));

  it('an API that is down costs one line, one when it is back, and no work', async () => {
    stage.plane.faults.api = true;
    const on = stage.plane.deployment();
    stage.plane.want(on, 'running');
    const one = stage.start(quick);
    await sleep(300);
    expect(warnings(one, 'control plane')).toHaveLength(1);
    stage.plane.faults.api = false;
    await eventually(() => expect(on.observed).toBe(1));
    expect(backs(one, 'control plane')).toHaveLength(1);
  });

  it('a queue that is down costs one line, and work is found without it', async () => {
    stage.plane.faults.queue = true;
    const one = stage.start(quick);
    await sleep(200);
    const on = stage.plane.deployment();
    stage.plane.want(on, 'running');
    await eventually(() => expect(on.observed).toBe(1));
    stage.plane.faults.queue = false;
    await eventually(() => expect(stage.plane.bells).toEqual([]));
    expect(warnings(one, 'queue')).toHaveLength(1);
    expect(backs(one, 'queue')).toHaveLength(1);
  });

  it('a cluster that does not answer: nothing is claimed, so no run is used up, until it is back', async () => {
    let there = false;
    const on = stage.plane.deployment();
    const job = stage.plane.want(on, 'running');
    const one = stage.start(
      executorOf(
        async () => ok(undefined),
        async () => (there ? ok(undefined) : err('connect ECONNREFUSED')),
      ),
    );
    await sleep(200);
    expect(stage.plane.seen.next).toBe(0);
    there = true;
    await eventually(() => expect(job).toMatchObject({ state: 'completed', attempts: 1 }));
    expect(warnings(one, 'cluster')).toHaveLength(1);
  });

  it('trouble of the cluster in the middle of jobs is told as that, as often as it is met; a customer’s is told as his', async () => {
    const ends = [...Array(5).fill('cluster_failing'), ...Array(3).fill('not_ready')] as FailureCode[];
    const on = stage.plane.deployment();
    const job = stage.plane.want(on, 'running');
    stage.start(executorOf(async () => failed(ends.shift() ?? 'internal', 'said')));
    await eventually(() => expect(job.state).toBe('failed'));
    expect(job.delays.map(({ code, scope }) => [code, scope])).toEqual(Array(5).fill(['cluster_failing', 'cluster']));
    expect(job.failures.map(({ code, scope }) => [code, scope])).toEqual(Array(3).fill(['not_ready', 'customer']));
  });

  it('an API that is down when the job ends gets the result when it is back', async () => {
    const on = stage.plane.deployment();
    const one = stage.start(
      executorOf(async () => {
        stage.plane.faults.api = true;
        setTimeout(() => {
          stage.plane.faults.api = false;
        }, 400);
        return ok(undefined);
      }),
    );
    const job = stage.plane.want(on, 'running');
    await eventually(() => expect(one.ends).toEqual(['completed']));
    expect(job.attempts).toBe(1);
  });

  it('a wrong token is said, once', async () => {
    const one = stage.start(quick);
    await eventually(() => expect(stage.plane.queueSeen.pulls).toBeGreaterThan(0));
    const wrong = stage.start(quick, {}, { PROVISIONER_TOKEN: 'wrong' });
    await sleep(150);
    expect(warnings(wrong, 'control plane').map((line) => line.msg)).toEqual([
      'control plane: the API refuses PROVISIONER_TOKEN (401); trying again until it answers',
    ]);
    expect(warnings(one, 'control plane')).toEqual([]);
  });
});

describe('deadlines', () => {
  it('the API’s clock being hours off moves nothing', async () => {
    await stage.replacePlane({ timeoutMs: 20_000, clockSkewMs: -5 * 3_600_000 });
    let left = 0;
    stage.start(
      executorOf(async ({ deadlines }) => {
        left = deadlines.workUntil - performance.now();
        return ok(undefined);
      }),
    );
    const on = stage.plane.deployment();
    stage.plane.want(on, 'running');
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
    const on = stage.plane.deployment();
    const short = stage.start(measure, { timeoutCapMs: 20_000 });
    stage.plane.want(on, 'running');
    await eventually(() => expect(on.observed).toBe(1));
    await short.stop();
    stage.start(measure, { timeoutCapMs: 3_000_000 });
    stage.plane.want(on, 'running');
    await eventually(() => expect(on.observed).toBe(2));
    expect(lefts).toEqual([2, 30]);
  });
});
