/** What a provisioner does with rings, leases and refusals, against a control plane that refuses old leases as the Worker does. */
import { describe, expect, it } from 'vitest';
import { sleep } from '../../provisioner/clock.ts';
import type { JobContext } from '../../provisioner/executor.ts';
import { failed, lost } from '../../provisioner/failure.ts';
import { sha256Hex } from '../../src/lib/keys.ts';
import { err, ok } from '../../src/lib/result.ts';
import { executorOf } from './in-process.ts';
import { eventually, quick, setStage } from './stage.ts';

const stage = setStage();

/** Works until it is let go, and counts who works on what at the same time. */
function held() {
  const active = new Map<string, number>();
  const most = { perNamespace: 0, atAll: 0 };
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const executor = executorOf(async ({ job, signal }: JobContext) => {
    const { namespace } = job.job;
    active.set(namespace, (active.get(namespace) ?? 0) + 1);
    most.perNamespace = Math.max(most.perNamespace, active.get(namespace) ?? 0);
    most.atAll = Math.max(
      most.atAll,
      [...active.values()].reduce((a, b) => a + b, 0),
    );
    await Promise.race([gate, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
    active.set(namespace, (active.get(namespace) ?? 0) - 1);
    return signal.aborted ? err(lost) : ok(undefined);
  });
  return { executor, most, active, open: () => open() };
}

describe('taking work', () => {
  it('completes a job that was rung for, at its generation, and acks the ring', async () => {
    const on = stage.plane.deployment();
    stage.start(quick);
    stage.plane.want(on, 'running');
    await eventually(() => expect(on.observed).toBe(1));
    await eventually(() => expect(stage.plane.bells).toEqual([]));
  });

  it('finds work at its start that nobody rings for', async () => {
    const on = stage.plane.deployment();
    stage.plane.want(on, 'running', true);
    stage.start(quick, { askEveryMs: 3_600_000 });
    await eventually(() => expect(on.observed).toBe(1));
  });

  it('finds work later whose ring was lost', async () => {
    stage.start(quick);
    await eventually(() => expect(stage.plane.queueSeen.pulls).toBeGreaterThan(2));
    const on = stage.plane.deployment();
    stage.plane.want(on, 'running', true);
    await eventually(() => expect(on.observed).toBe(1));
  });

  it('asks on after a job until there is none, so that what queued up behind one ring is done', async () => {
    const many = Array.from({ length: 8 }, () => stage.plane.deployment());
    for (const on of many) stage.plane.want(on, 'running', true);
    stage.start(quick, { askEveryMs: 3_600_000, concurrency: 2 });
    await eventually(() => expect(many.every((on) => on.observed === 1)).toBe(true));
  });

  it('acks a ring that had no work', async () => {
    stage.plane.ring();
    stage.start(quick);
    await eventually(() => expect(stage.plane.queueSeen.acks).toHaveLength(1));
  });

  it('asks once for rings that were pulled together and have no work, and acks them all', async () => {
    for (let n = 0; n < 30; n++) stage.plane.ring();
    stage.start(quick, { concurrency: 10, askEveryMs: 60_000 });
    await eventually(() => expect(stage.plane.bells).toHaveLength(0));
    expect(stage.plane.seen.next).toBeLessThanOrEqual(4);
  });

  it('runs no more jobs at once than it has slots, and pulls no more rings than slots are free', async () => {
    const { executor, most, open } = held();
    const many = Array.from({ length: 7 }, () => stage.plane.deployment());
    for (const on of many) stage.plane.want(on, 'running');
    stage.start(executor, { concurrency: 2 });
    await eventually(() => expect(most.atAll).toBe(2));
    await sleep(100);
    expect(most.atAll).toBe(2);
    open();
    await eventually(() => expect(many.every((on) => on.observed === 1)).toBe(true));
    expect(stage.plane.queueSeen.pulledMost).toBeLessThanOrEqual(2);
  });

  it('two provisioners on one doorbell never work on one deployment at once, and every change is done', async () => {
    const { executor, most, open } = held();
    open();
    const many = Array.from({ length: 5 }, () => stage.plane.deployment());
    stage.start(executor);
    stage.start(executor);
    for (let round = 0; round < 4; round += 1) {
      for (const on of many) stage.plane.want(on, round % 2 === 0 ? 'suspended' : 'running');
      await sleep(15);
    }
    await eventually(() => expect(many.every((on) => on.observed === on.generation)).toBe(true));
    expect(most.perNamespace).toBe(1);
  });

  it('a change while a job runs becomes another job, and the last desired state stands', async () => {
    const seen: string[] = [];
    const { executor, open } = held();
    const on = stage.plane.deployment();
    stage.start({
      ...executor,
      run: (context) => {
        seen.push(context.job.phase);
        return executor.run(context);
      },
    });
    stage.plane.want(on, 'running');
    await eventually(() => expect(seen).toEqual(['running']));
    stage.plane.want(on, 'suspended');
    stage.plane.want(on, 'running');
    stage.plane.want(on, 'suspended');
    open();
    await eventually(() => expect(on.observed).toBe(4));
    expect(seen).toEqual(['running', 'suspended']);
  });
});

describe('a lease that is lost', () => {
  it('stops the work at once when progress is refused, and reports nothing', async () => {
    let runs = 0;
    const on = stage.plane.deployment();
    const one = stage.start(
      executorOf(async ({ progress, signal }) => {
        // The next run may start before the first has noticed.
        runs += 1;
        if (runs > 1) return ok(undefined);
        while (!signal.aborted) {
          progress(10, 'working');
          await sleep(5);
        }
        return err(lost);
      }),
    );
    const job = stage.plane.want(on, 'running');
    await eventually(() => expect(job.progress.length).toBeGreaterThan(0));
    stage.plane.expire(job);
    await eventually(() => expect(on.observed).toBe(1));
    await eventually(() => expect(one.ends.toSorted()).toEqual(['completed', 'lost']));
    expect(stage.plane.seen.refused.filter((what) => what !== 'progress')).toEqual([]);
    expect(one.lines.filter((line) => line.level >= 40)).toEqual([]);
  });

  it('a result with an old lease is refused and changes nothing; the next run decides', async () => {
    const on = stage.plane.deployment();
    let runs = 0;
    const one = stage.start(
      executorOf(async () => {
        runs += 1;
        if (runs === 1 && stage.plane.jobs[0]) stage.plane.expire(stage.plane.jobs[0]);
        return runs === 1 ? failed('chart_broken', 'would be final') : ok(undefined);
      }),
    );
    const job = stage.plane.want(on, 'running');
    await eventually(() => expect(job.state).toBe('completed'));
    expect(stage.plane.seen.refused).toEqual(['fail']);
    expect(job.failures).toEqual([]);
    // The control plane knows it before the answer has arrived.
    await eventually(() => expect(one.ends).toEqual(['lost', 'completed']));
  });

  it('a reporter key is not registered with a lease that has run out', async () => {
    const on = stage.plane.deployment();
    let first = true;
    stage.start(
      executorOf(async ({ registerReporter }) => {
        if (first && stage.plane.jobs[0]) stage.plane.expire(stage.plane.jobs[0]);
        const key = first ? 'old' : 'new';
        first = false;
        const registered = await registerReporter(on.reporterId, key);
        return registered.ok ? ok(undefined) : registered;
      }),
    );
    stage.plane.want(on, 'running');
    await eventually(() => expect(on.observed).toBe(1));
    expect(stage.plane.seen.refused).toEqual(['reporter']);
    expect(stage.plane.reporters.get(on.reporterId)).toBe(await sha256Hex('new'));
  });
});

describe('results', () => {
  it('a result whose answer was lost is sent again, and counts once', async () => {
    stage.plane.faults.loseResultAnswers = 1;
    const on = stage.plane.deployment();
    const one = stage.start(quick);
    const job = stage.plane.want(on, 'running');
    await eventually(() => expect(one.ends).toHaveLength(1));
    expect(job).toMatchObject({ state: 'completed', attempts: 1 });
  });

  it('a failure that can pass is tried again until it does', async () => {
    const on = stage.plane.deployment();
    let runs = 0;
    stage.start(
      executorOf(async () => {
        runs += 1;
        return runs < 3
          ? failed('not_ready', 'pod says no', [{ object: 'Pod/a', reason: 'B', message: 'c' }])
          : ok(undefined);
      }),
    );
    const job = stage.plane.want(on, 'running');
    await eventually(() => expect(job.state).toBe('completed'));
    expect(job.failures.map((f) => [f.code, f.retryable, f.events.length])).toEqual([
      ['not_ready', true, 1],
      ['not_ready', true, 1],
    ]);
  });

  it('a failure that cannot pass is final at once', async () => {
    const on = stage.plane.deployment();
    stage.start(executorOf(async () => failed('namespace_taken', 'not ours')));
    const job = stage.plane.want(on, 'running');
    await eventually(() => expect(job).toMatchObject({ state: 'failed', attempts: 1 }));
  });

  it('a step that throws is a failed run, and the provisioner goes on', async () => {
    const [bad, good] = [stage.plane.deployment('bad'), stage.plane.deployment('good')];
    stage.start(
      executorOf(async ({ job }) => {
        if (job.values.customer.companyName === 'bad') throw new Error('a bug');
        return ok(undefined);
      }),
    );
    const job = stage.plane.want(bad, 'running');
    stage.plane.want(good, 'running');
    await eventually(() => expect(good.observed).toBe(1));
    await eventually(() => expect(job.state).toBe('failed'));
    expect(job.failures[0]).toMatchObject({ code: 'internal', message: 'a bug' });
  });

  it('texts longer than the wire allows are cut, not refused', async () => {
    const on = stage.plane.deployment();
    const long = 'x\n'.repeat(5_000);
    const events = Array.from({ length: 80 }, () => ({ object: long, reason: long, message: long }));
    stage.start(executorOf(async () => failed('chart_broken', long, events)));
    const job = stage.plane.want(on, 'running');
    await eventually(() => expect(job.state).toBe('failed'));
    expect(job.failures[0]?.events).toHaveLength(50);
  });
});
