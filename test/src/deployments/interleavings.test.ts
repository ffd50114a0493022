/**
 * Whatever happens in whatever order to one deployment (changes, ends of drains, leases, results late and early, failures,
 * lost leases, two provisioners), the last desired state stands in the end, and never do two live leases hold one deployment.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { findWhole } from '../../../src/customers/store.ts';
import { commit, openDb } from '../../../src/db/client.ts';
import { desire, find } from '../../../src/deployments/store.ts';
import { parseEnv } from '../../../src/env.ts';
import { cryptoRandom, newId } from '../../../src/lib/ids.ts';
import { endDrains } from '../../../src/workflows/provisioning/end-drains.ts';
import { completeJob, failJob } from '../../../src/workflows/provisioning/finish-job.ts';
import { leaseJob, type RenderedJob } from '../../../src/workflows/provisioning/lease-job.ts';
import { ensureCluster, makeApi, signUp } from '../../harness/worker/api.ts';
import { done, makeContext } from '../../harness/worker/context.ts';

const api = makeApi();
const env = parseEnv(api.bindings);
const db = openDb(env.CONTROL);
/** So long ago that a drain's bound passes a minute from now. */
const nearlyBound = 89 * 60_000;

beforeAll(async () => {
  await ensureCluster(api);
});

type Step =
  | { do: 'change'; phase: 'running' | 'suspended' }
  | { do: 'next' }
  | { do: 'complete'; lease: number; generation: number }
  | { do: 'fail'; lease: number; retryable: boolean }
  | { do: 'tick' }
  | { do: 'wait'; ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('change' as const), phase: fc.constantFrom('running' as const, 'suspended' as const) }),
  fc.record({ do: fc.constant('next' as const) }),
  fc.record({ do: fc.constant('next' as const) }),
  fc.record({ do: fc.constant('complete' as const), lease: fc.nat(5), generation: fc.integer({ min: -1, max: 0 }) }),
  fc.record({ do: fc.constant('fail' as const), lease: fc.nat(5), retryable: fc.boolean() }),
  fc.record({ do: fc.constant('tick' as const) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1000, 6000, 61_000, 370_000) }),
);

/** One deployment's story, told through the workflows that the routes call. */
async function makeStory() {
  const made = await signUp(api);
  const customerId = made.customer.customer_id;
  const clock = { now: api.clock.now + 1000 };
  const leases: RenderedJob[] = [];
  const context = () => makeContext({ control: env.CONTROL, shards: env.usageShards, now: clock.now });
  /** Other tests' jobs are in the same cluster: take leases until ours comes or none is due. */
  const next = async () => {
    for (;;) {
      const leased = await leaseJob(context(), 'local');
      if (!leased || leased.customerId === customerId) {
        if (leased) leases.push(leased);
        return leased;
      }
    }
  };
  const claimOf = (leased: RenderedJob, generation: number) => ({
    clusterId: 'local',
    jobId: leased.jobId,
    leaseId: leased.leaseId,
    generation,
  });
  const change = (phase: 'running' | 'suspended') =>
    commit(
      db,
      desire({
        customerId,
        phase,
        drainWindowEnd: phase === 'suspended' ? clock.now - nearlyBound : null,
        verb: 'upgrade',
        jobId: newId('job', cryptoRandom),
        now: clock.now,
      }),
    );

  const tick = () => endDrains(context());

  async function run(s: Step): Promise<void> {
    const leased = 'lease' in s ? leases[s.lease % Math.max(1, leases.length)] : undefined;
    if (s.do === 'wait') clock.now += s.ms;
    if (s.do === 'change') await change(s.phase);
    if (s.do === 'next') await next();
    if (s.do === 'tick') await tick();
    if (s.do === 'complete' && leased) await checkedComplete(leased, leased.generation + s.generation);
    if (s.do === 'fail' && leased) {
      const failure = { code: 'not_ready', message: 'no', events: [], retryable: s.retryable };
      await done(context(), (c) => failJob(c, claimOf(leased, leased.generation), failure));
    }
    await oneActive();
  }

  /** A result counts exactly when its lease is the newest, still runs, has not ended, and the generation is the lease's. */
  const ended = new Set<string>();
  async function checkedComplete(leased: RenderedJob, generation: number) {
    const newest = leases.at(-1)?.leaseId === leased.leaseId;
    const live = newest && leased.leaseUntil > clock.now && !ended.has(leased.leaseId);
    const completed = await done(context(), (c) => completeJob(c, claimOf(leased, generation)));
    if (completed.ok) {
      ended.add(leased.leaseId);
      expect(live && generation === leased.generation).toBe(true);
    } else {
      expect(['lease_lost', 'generation_stale']).toContain(completed.error.code);
    }
  }

  async function oneActive() {
    const rows = await env.CONTROL.prepare("SELECT count(*) n FROM jobs WHERE customer_id = ? AND state = 'active'")
      .bind(customerId)
      .first<{ n: number }>();
    expect(rows?.n).toBeLessThanOrEqual(1);
  }

  /** The world calms down: leases run out, what is due is done. A failed last job is sent again, as a person would. */
  async function settle() {
    // The run that is under way ends well, for what it was leased for: a change made meanwhile must not be lost with it.
    const running = leases.at(-1);
    if (running) await done(context(), (c) => completeJob(c, claimOf(running, running.generation)));
    const runNext = async () => {
      const leased = await next();
      if (leased) await done(context(), (c) => completeJob(c, claimOf(leased, leased.generation)));
      return leased;
    };
    // A drain that has just begun is run before it ends.
    clock.now += 30_000;
    await runNext();
    for (let i = 0; i < 40; i++) {
      clock.now += 700_000;
      await tick();
      if (!(await runNext())) break;
    }
    const whole = await findWhole(db, customerId);
    return { deployment: await find(db, customerId), jobId: whole?.jobId ?? '' };
  }

  return { run, settle, next, claimOf, context, leases, change, clock, customerId };
}

describe('one deployment under any interleaving', () => {
  it('ends in the last desired state, and no two leases of it live at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 4, maxLength: 25 }),
        fc.constantFrom('running' as const, 'suspended' as const),
        async (steps, last) => {
          const story = await makeStory();
          for (const s of steps) await story.run(s);
          await story.change(last);
          const { deployment } = await story.settle();
          expect(deployment?.observedGeneration).toBe(deployment?.specGeneration);
          expect(deployment?.status).toBe(last === 'running' ? 'ready' : 'suspended');
          const asLast =
            last === 'running' ? { suspended: false, metering: true } : { suspended: true, metering: false };
          expect(story.leases.at(-1)?.values).toMatchObject(asLast);
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);

  it('makes one more job, not two, for two changes while a job runs', async () => {
    const story = await makeStory();
    const first = await story.next();
    await story.change('suspended');
    await story.change('running');
    const jobs = await env.CONTROL.prepare(
      'SELECT state, generation FROM jobs WHERE customer_id = ? ORDER BY created_at',
    )
      .bind(story.customerId)
      .all();
    expect(jobs.results).toEqual([
      { state: 'active', generation: 1 },
      { state: 'waiting', generation: 3 },
    ]);
    expect(first?.generation).toBe(1);
    expect(await story.next()).toBeNull();
  });
});

describe('results that do not count', () => {
  it('refuses a lease that ran out, one that another took over, and a generation that was not leased', async () => {
    const story = await makeStory();
    const first = await story.next();
    if (!first) throw new Error('nothing was leased');
    const stale = await done(story.context(), (c) => completeJob(c, story.claimOf(first, first.generation + 1)));
    expect(stale).toMatchObject({ ok: false, error: { code: 'generation_stale' } });
    story.clock.now = first.leaseUntil;
    const late = await done(story.context(), (c) => completeJob(c, story.claimOf(first, first.generation)));
    expect(late).toMatchObject({ ok: false, error: { code: 'lease_lost' } });
    const second = await story.next();
    expect(second?.attempt).toBe(2);
    const replaced = await done(story.context(), (c) =>
      failJob(c, story.claimOf(first, first.generation), { code: 'x', message: '', events: [], retryable: true }),
    );
    expect(replaced).toMatchObject({ ok: false, error: { code: 'lease_lost' } });
  });

  it('gives a job up after three failed runs, and after ten lost leases, and says so', async () => {
    const failing = await makeStory();
    for (let run = 1; run <= 3; run++) {
      const leased = await failing.next();
      if (!leased) throw new Error(`run ${run} was not leased`);
      await done(failing.context(), (c) =>
        failJob(c, failing.claimOf(leased, 1), {
          code: 'not_ready',
          message: 'image not found',
          events: [],
          retryable: true,
        }),
      );
      expect(await failing.next()).toBeNull();
      failing.clock.now += 25_000;
    }
    expect(await find(db, failing.customerId)).toMatchObject({ status: 'failed', reason: 'image not found' });

    const losing = await makeStory();
    let leases = 0;
    while (await losing.next()) {
      leases += 1;
      losing.clock.now += 370_000;
    }
    expect(leases).toBe(11);
    expect(await find(db, losing.customerId)).toMatchObject({ status: 'failed' });
  });
});
