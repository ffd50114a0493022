import { beforeAll, describe, expect, it } from 'vitest';
import type { SignupAnswer } from '../../../../src/contracts/customers.ts';
import type { LeasedJob } from '../../../../src/contracts/jobs.ts';
import type { ReporterView } from '../../../../src/contracts/reporters.ts';
import { cryptoRandom } from '../../../../src/lib/ids.ts';
import { newKey, sha256Hex } from '../../../../src/lib/keys.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../../harness/worker/api.ts';

const api = makeApi(Date.parse('2026-11-20T12:30:00.000Z'));
let provisioner = '';
beforeAll(async () => {
  provisioner = (await ensureCluster(api)).provisionerToken;
});

async function leaseOf(made: SignupAnswer): Promise<LeasedJob> {
  for (;;) {
    const answer = await api.call('POST', '/api/provisioner/jobs/next', { token: provisioner, body: {} });
    if (answer.status !== 200) throw new Error(`nothing was leased: ${answer.status}`);
    const leased = (await answer.json()) as LeasedJob;
    if (leased.job.customer_id === made.customer.customer_id) return leased;
  }
}

async function register(leased: LeasedJob, leaseId = leased.lease_id) {
  const key = newKey(leased.reporter_id, cryptoRandom);
  const body = { lease_id: leaseId, key_hash: await sha256Hex(key) };
  const answer = await api.call('PUT', `/api/provisioner/reporters/${leased.reporter_id}`, {
    token: provisioner,
    body,
  });
  return { key, answer };
}

const reportersOf = async (made: SignupAnswer) => {
  const answer = await api.call('GET', `/api/customers/${made.customer.customer_id}/reporters`, { token: rootToken });
  return ((await answer.json()) as { items: ReporterView[] }).items;
};
const cursor = (made: SignupAnswer, key: string) =>
  api.call('GET', `/api/usage/${made.customer.customer_id}/cursor?instance_id=k8s-${made.customer.short_id}`, {
    token: key,
  });

describe('the key that a provisioner registers', () => {
  it('makes the reporter active from the start of the running hour', async () => {
    const made = await signUp(api);
    const { key, answer } = await register(await leaseOf(made));
    expect(answer.status).toBe(200);
    expect(await (await cursor(made, key)).json()).toMatchObject({
      namespace: made.deployment.namespace,
      cursor: '2026-11-20T12:00:00.000Z',
      active_from: '2026-11-20T12:00:00.000Z',
    });
  });

  it('is the only live one: the same again changes nothing, another one revokes it', async () => {
    const made = await signUp(api);
    const leased = await leaseOf(made);
    const first = await register(leased);
    const body = { lease_id: leased.lease_id, key_hash: await sha256Hex(first.key) };
    await api.call('PUT', `/api/provisioner/reporters/${leased.reporter_id}`, { token: provisioner, body });
    expect((await cursor(made, first.key)).status).toBe(200);
    const second = await register(leased);
    expect((await cursor(made, second.key)).status).toBe(200);
    api.clock.now += 900;
    expect((await cursor(made, first.key)).status).toBe(401);
    expect((await cursor(made, second.key)).status).toBe(200);
  });

  it('lives again when the Secret that had it is restored', async () => {
    const made = await signUp(api);
    const leased = await leaseOf(made);
    const first = await register(leased);
    await register(leased);
    const body = { lease_id: leased.lease_id, key_hash: await sha256Hex(first.key) };
    await api.call('PUT', `/api/provisioner/reporters/${leased.reporter_id}`, { token: provisioner, body });
    expect((await cursor(made, first.key)).status).toBe(200);
  });

  it('is refused when its hash is another credential’s, which stays as it is', async () => {
    const [mine, other] = [await signUp(api), await signUp(api)];
    const lease = await leaseOf(mine);
    const theirs = await register(await leaseOf(other));
    const put = (body: object) =>
      api.call('PUT', `/api/provisioner/reporters/${lease.reporter_id}`, { token: provisioner, body });
    for (const key of [theirs.key, other.api_key]) {
      const answer = await put({ lease_id: lease.lease_id, key_hash: await sha256Hex(key) });
      expect([answer.status, await answer.json()]).toMatchObject([409, { code: 'key_revoked' }]);
    }
    expect((await cursor(other, theirs.key)).status).toBe(200);
  });

  it('is taken from every one of several calls at once, and activates the reporter once', async () => {
    const made = await signUp(api);
    const leased = await leaseOf(made);
    const key_hash = await sha256Hex(newKey(leased.reporter_id, cryptoRandom));
    const body = { lease_id: leased.lease_id, key_hash };
    const path = `/api/provisioner/reporters/${leased.reporter_id}`;
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => api.call('PUT', path, { token: provisioner, body })),
    );
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
    const audit = await (api.bindings['CONTROL'] as D1Database)
      .prepare("SELECT count(*) n FROM audit_log WHERE action = 'reporter.activated' AND subject = ?")
      .bind(leased.reporter_id)
      .first();
    expect(audit).toEqual({ n: 1 });
  });

  it('is refused without the lease of that very customer', async () => {
    const [mine, other] = [await signUp(api), await signUp(api)];
    const [lease, otherLease] = [await leaseOf(mine), await leaseOf(other)];
    for (const leaseId of [otherLease.lease_id, `lease_${'0'.repeat(32)}`]) {
      const { answer } = await register(lease, leaseId);
      expect(await answer.json()).toMatchObject({ code: 'lease_lost' });
    }
    const unknown = { ...lease, reporter_id: `rep_${'0'.repeat(32)}` };
    // Like one of another cluster: whether there is such a reporter is not told.
    expect(await (await register(unknown)).answer.json()).toMatchObject({ code: 'lease_lost' });
  });

  it('takes a namespace over at the next hour from whoever measures it, so that no hour is billed twice', async () => {
    const made = await signUp(api);
    const body = { instance_id: 'by-hand' };
    await api.call('POST', `/api/customers/${made.customer.customer_id}/reporters`, { token: rootToken, body });
    await register(await leaseOf(made));
    const reporters = await reportersOf(made);
    expect(reporters.find((r) => r.instance_id === 'by-hand')?.active_until).toBe('2026-11-20T13:00:00.000Z');
    const own = reporters.find((r) => r.instance_id.startsWith('k8s-'));
    expect(own).toMatchObject({ active_from: '2026-11-20T13:00:00.000Z', active_until: null });
  });
});
