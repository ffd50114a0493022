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
});
