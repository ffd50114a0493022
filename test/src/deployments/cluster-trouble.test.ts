/** What a failed run comes to: whose trouble it was, who looks again, and what a person may order. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CustomerAnswer } from '../../../src/contracts/customers.ts';
import type { DeploymentAnswer } from '../../../src/contracts/deployments.ts';
import type { JobView, LeasedJob } from '../../../src/contracts/jobs.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const api = makeApi();
const control = api.bindings['CONTROL'] as D1Database;
let provisioner = '';
beforeAll(async () => {
  provisioner = (await ensureCluster(api)).provisionerToken;
});
/** Other tests' jobs are in the same cluster. */
beforeEach(async () => {
  await control.prepare("UPDATE jobs SET state = 'completed' WHERE state IN ('waiting', 'active', 'failed')").run();
  await control.prepare("UPDATE deployments SET status = 'suspended' WHERE status IN ('failed', 'ready')").run();
});

async function next(): Promise<LeasedJob | null> {
  const answer = await api.call('POST', '/api/provisioner/jobs/next', { token: provisioner, body: {} });
  return answer.status === 204 ? null : ((await answer.json()) as LeasedJob);
}
async function lease(): Promise<LeasedJob> {
  const leased = await next();
  if (!leased) throw new Error('no job is due');
  return leased;
}
const finish = (leased: LeasedJob, how: 'complete' | 'fail', body: object) =>
  api.call('POST', `/api/provisioner/jobs/${leased.job.id}/${how}`, {
    token: provisioner,
    body: { lease_id: leased.lease_id, generation: leased.generation, ...body },
  });
const failure = { code: 'not_ready', message: 'the node ip-10-0-0-7 is gone', events: [], retryable: true };
const jobOf = async (id: string) =>
  ((await (await api.call('GET', `/api/queue/jobs/${id}`, { token: rootToken })).json()) as { job: JobView }).job;
const deploymentOf = async (id: string, token = rootToken) =>
  (await (await api.call('GET', `/api/customers/${id}/deployment`, { token })).json()) as DeploymentAnswer;
const order = async (id: string, what: 'redeploy' | 'drift', body: object) =>
  (await (await api.call('POST', `/api/customers/${id}/deployment/${what}`, { token: rootToken, body })).json()) as {
    job_id: string;
  };
async function ready() {
  const made = await signUp(api);
  await finish(await lease(), 'complete', {});
  return { made, id: made.customer.customer_id };
}

describe('trouble of the cluster', () => {
  it('ends no customer’s job, however often it comes, and the job is done when the cluster is well again', async () => {
    const { deployment, customer } = await signUp(api);
    for (let run = 0; run < 40; run++) {
      const leased = await lease();
      expect((await finish(leased, 'fail', { ...failure, scope: 'cluster' })).status).toBe(200);
      expect(await jobOf(deployment.job_id ?? '')).toMatchObject({ state: 'delayed', error: { code: 'not_ready' } });
      api.clock.now += 15 * minuteMs;
    }
    expect((await deploymentOf(customer.customer_id)).observed.status).toBe('provisioning');
    await finish(await lease(), 'complete', {});
    expect((await deploymentOf(customer.customer_id)).observed).toMatchObject({ status: 'ready', reason: null });
  });

  it('does not eat the runs of the customer’s own failures', async () => {
    await signUp(api);
    for (const scope of ['cluster', 'customer', 'cluster', 'cluster', 'customer', 'cluster']) {
      await finish(await lease(), 'fail', { ...failure, scope });
      api.clock.now += 20 * minuteMs;
    }
    const last = await lease();
    await finish(last, 'fail', failure);
    expect(await jobOf(last.job.id)).toMatchObject({ state: 'failed' });
  });
});

describe('a deployment that was given up', () => {
  it('is looked at again by itself, for ever and ever more slowly, and heals', async () => {
    const { customer } = await signUp(api);
    await finish(await lease(), 'fail', { ...failure, retryable: false });
    for (const pauseHours of [1, 2, 4, 8, 16, 24, 24]) {
      api.clock.now += pauseHours * hourMs - minuteMs;
      await api.tick();
      expect(await next(), `before ${pauseHours} h`).toBeNull();
      api.clock.now += 2 * minuteMs;
      await api.tick();
      await finish(await lease(), 'fail', { ...failure, retryable: false });
    }
    api.clock.now += 25 * hourMs;
    await api.tick();
    await finish(await lease(), 'complete', {});
    expect((await deploymentOf(customer.customer_id)).observed.status).toBe('ready');
  });

  it('tells its customer a sentence and an admin the cluster’s own words', async () => {
    const made = await signUp(api);
    const id = made.customer.customer_id;
    await finish(await lease(), 'fail', { ...failure, retryable: false });
    expect((await deploymentOf(id)).observed.reason).toBe(failure.message);
    const theirs = await api.call('GET', `/api/customers/${id}`, { token: made.api_key });
    const { reason } = ((await theirs.json()) as CustomerAnswer).deployment;
    expect(reason).toBe('The deployment has not become ready in time and is tried again.');
    expect(JSON.stringify([await deploymentOf(id, made.api_key), reason])).not.toContain('ip-10-0-0-7');
  });
});

describe('drift', () => {
  it('is looked for by cron once a day and shown to admins; what changed stays until somebody orders it corrected', async () => {
    const { id, made } = await ready();
    api.clock.now += 25 * hourMs;
    await api.tick();
    const look = await lease();
    expect(look).toMatchObject({ action: 'drift', expects_data: true, job: { customer_id: id, verb: 'drift' } });
    const drift = [{ object: 'Deployment/api', kind: 'changed', difference: 'spec.replicas: 5, wanted 1' }];
    await finish(look, 'complete', { drift });
    expect(await deploymentOf(id)).toMatchObject({ drift, observed: { status: 'ready', generation: 1 } });
    expect((await deploymentOf(id, made.api_key)).drift).toEqual([]);
    await api.tick();
    expect(await next()).toBeNull();
    const { job_id } = await order(id, 'drift', { correct: true });
    const run = await lease();
    expect([run.job.id, run.action, run.generation]).toEqual([job_id, 'reconcile', 2]);
    await finish(run, 'complete', {});
    expect((await deploymentOf(id)).drift).toEqual([]);
  });

  it('that something is missing is mended without anybody', async () => {
    const { id } = await ready();
    await order(id, 'drift', {});
    await finish(await lease(), 'complete', { drift: [{ object: 'Secret/x', kind: 'missing', difference: '' }] });
    expect(await lease()).toMatchObject({ action: 'reconcile', generation: 2, job: { verb: 'redeploy' } });
  });

  it('gives way to a change of what is wanted, and its failure fails no deployment', async () => {
    const { id } = await ready();
    const { job_id } = await order(id, 'drift', {});
    await api.call('POST', `/api/customers/${id}/deactivate`, { token: rootToken, body: {} });
    const run = await lease();
    expect(run).toMatchObject({ action: 'reconcile', phase: 'suspended', job: { id: job_id } });
    const other = await ready();
    await order(other.id, 'drift', {});
    let look = await lease();
    if (look.job.customer_id !== other.id) look = await lease();
    await finish(look, 'fail', failure);
    expect((await deploymentOf(other.id)).observed.status).toBe('ready');
    expect((await jobOf(look.job.id)).state).toBe('failed');
  });
});

describe('a redeployment', () => {
  it('brings a healthy stack to what is wanted once more, and says who accepted that data is lost', async () => {
    const { id } = await ready();
    const first = await order(id, 'redeploy', { reason: 'new operator values' });
    expect(await lease()).toMatchObject({ generation: 2, expects_data: true, job: { id: first.job_id } });
    await order(id, 'redeploy', { reason: 'the disk is gone', accept_data_loss: true });
    api.clock.now += hourMs;
    expect(await lease()).toMatchObject({ expects_data: false });
    const audit = await control
      .prepare("SELECT details FROM audit_log WHERE action = 'deployment.redeployed' AND subject = ? ORDER BY rowid")
      .bind(id)
      .all<{ details: string }>();
    expect(audit.results.map(({ details }) => JSON.parse(details))).toEqual([
      { reason: 'new operator values', accept_data_loss: false },
      { reason: 'the disk is gone', accept_data_loss: true },
    ]);
  });
});

describe('a loss that is accepted while a run is under way', () => {
  it('stays accepted when that run ends', async () => {
    const { id } = await ready();
    await order(id, 'redeploy', { reason: 'as it was' });
    const running = await lease();
    await order(id, 'redeploy', { reason: 'the disk is gone', accept_data_loss: true });
    await finish(running, 'complete', {});
    const next = await lease();
    expect(next.expects_data).toBe(false);
    await finish(next, 'complete', {});
    await order(id, 'redeploy', { reason: 'once more' });
    expect((await lease()).expects_data).toBe(true);
  });
});

describe('the claim that holds the data', () => {
  it('is kept as a result tells it, handed out with the next job, and forgotten when its loss is accepted', async () => {
    const made = await signUp(api);
    const id = made.customer.customer_id;
    const first = await lease();
    expect(first).toMatchObject({ expects_data: false, claim_uid: null });
    await finish(first, 'complete', { claim_uid: 'uid-1' });
    await order(id, 'redeploy', { reason: 'once more' });
    const second = await lease();
    expect(second).toMatchObject({ expects_data: true, claim_uid: 'uid-1' });
    // An older provisioner tells none.
    await finish(second, 'complete', {});
    await order(id, 'redeploy', { reason: 'once more' });
    const third = await lease();
    expect(third.claim_uid).toBe('uid-1');
    // Accepted while a run is under way that still tells the old claim.
    await order(id, 'redeploy', { reason: 'the disk is gone', accept_data_loss: true });
    await finish(third, 'complete', { claim_uid: 'uid-1' });
    const last = await lease();
    expect(last).toMatchObject({ expects_data: false, claim_uid: null });
    await finish(last, 'complete', { claim_uid: 'uid-2' });
    await order(id, 'drift', {});
    expect(await lease()).toMatchObject({ expects_data: true, claim_uid: 'uid-2' });
  });

  it('is learned from a comparison where no run has told it, and from none after that', async () => {
    const { id } = await ready();
    const look = async (uid: string) => {
      await order(id, 'drift', {});
      const leased = await lease();
      await finish(leased, 'complete', { claim_uid: uid });
      return leased.claim_uid;
    };
    expect([await look('uid-1'), await look('uid-2'), await look('uid-3')]).toEqual([null, 'uid-1', 'uid-1']);
    await order(id, 'redeploy', { reason: 'the disk is gone', accept_data_loss: true });
    const run = await lease();
    expect(run).toMatchObject({ expects_data: false, claim_uid: null });
  });
});

describe('who pays', () => {
  it('comes before who does not, but nobody waits for ever', async () => {
    const trial = await signUp(api);
    api.clock.now += minuteMs;
    const paid = await signUp(api);
    await control
      .prepare("UPDATE subscriptions SET status = 'active' WHERE customer_id = ?")
      .bind(paid.customer.customer_id)
      .run();
    for (const { customer } of [paid, trial]) {
      const leased = await lease();
      expect(leased.job.customer_id).toBe(customer.customer_id);
      await finish(leased, 'complete', {});
    }
    const old = await signUp(api);
    api.clock.now += 11 * minuteMs;
    const late = await signUp(api);
    await control
      .prepare("UPDATE subscriptions SET status = 'active' WHERE customer_id = ?")
      .bind(late.customer.customer_id)
      .run();
    expect((await lease()).job.customer_id).toBe(old.customer.customer_id);
  });

  it('comes before what was given up long ago and is looked at again', async () => {
    await signUp(api);
    await finish(await lease(), 'fail', { ...failure, retryable: false });
    api.clock.now += 2 * hourMs;
    const paid = await signUp(api);
    await control
      .prepare("UPDATE subscriptions SET status = 'active' WHERE customer_id = ?")
      .bind(paid.customer.customer_id)
      .run();
    await api.tick();
    const [first, second] = [await lease(), await lease()];
    expect([first.job.customer_id, second.attempt]).toEqual([paid.customer.customer_id, 2]);
  });
});
