import { beforeAll, describe, expect, it } from 'vitest';
import type { JobView, LeasedJob } from '../../../src/contracts/jobs.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';

const api = makeApi(Date.parse('2026-11-20T12:30:00.000Z'));
let provisioner = '';
beforeAll(async () => {
  provisioner = (await ensureCluster(api)).provisionerToken;
});

const read = async (jobId: string | null) => {
  const answer = await api.call('GET', `/api/queue/jobs/${jobId}`, { token: rootToken });
  return ((await answer.json()) as { job: JobView }).job;
};

describe('a job on the queue', () => {
  it('says until when its lease runs, while it runs', async () => {
    const made = await signUp(api);
    const { job_id: jobId } = made.deployment;
    expect(await read(jobId)).toMatchObject({ state: 'waiting', lease_until: null });
    const answer = await api.call('POST', '/api/provisioner/jobs/next', { token: provisioner, body: {} });
    const leased = (await answer.json()) as LeasedJob;
    expect(leased.job.id).toBe(jobId);
    expect(await read(jobId)).toMatchObject({ state: 'active', lease_until: leased.lease_until });

    api.clock.now = Date.parse(leased.lease_until) + 1;
    expect(await read(jobId)).toMatchObject({ state: 'waiting', lease_until: null });
  });

  it('counts its runs, whatever ended them, and never fewer than before', async () => {
    const { job_id: jobId } = (await signUp(api)).deployment;
    /** Its next lease; other tests' jobs are leased away. */
    const next = async (): Promise<LeasedJob | null> => {
      const answer = await api.call('POST', '/api/provisioner/jobs/next', { token: provisioner, body: {} });
      if (answer.status === 204) return null;
      const leased = (await answer.json()) as LeasedJob;
      return leased.job.id === jobId ? leased : next();
    };
    const seen: number[] = [];
    const look = async () => seen.push((await read(jobId)).attempts);
    await look();
    const troubled = await next();
    await look();
    const { lease_id, generation } = troubled ?? {};
    const failure = {
      lease_id,
      generation,
      code: 'cluster_failing',
      message: '',
      events: [],
      retryable: true,
      scope: 'cluster',
    };
    await api.call('POST', `/api/provisioner/jobs/${jobId}/fail`, { token: provisioner, body: failure });
    await look();
    for (let leased = troubled; leased !== null; ) {
      api.clock.now += 400_000;
      leased = await next();
      await look();
    }
    expect(await read(jobId)).toMatchObject({ state: 'failed', error: { code: 'lease_lost' } });
    expect(seen).toEqual([0, 1, 1, ...Array.from({ length: 11 }, (_, n) => n + 2), 12]);
  });
});
