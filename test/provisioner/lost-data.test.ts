/** The database's claim says what has run: over it no password is made anew, and without it nothing starts as if nothing were. */
import { PatchStrategy, setHeaderOptions, type V1PersistentVolumeClaim } from '@kubernetes/client-node';
import { expect, it, vi } from 'vitest';
import { claimUidOf, type Database, judgeClaims, requireData } from '../../provisioner/claims.ts';
import { clusterTools } from '../harness/cluster.ts';
import { describeWithTools } from '../harness/tools.ts';
import { patienceMs, setClusterStage } from './cluster-stage.ts';
import type { FakeDeployment } from './fake-job.ts';

const claim = 'data-postgres-0';

const claimOf = (name: string, volumeName: string, more: object = {}): V1PersistentVolumeClaim => ({
  metadata: { name },
  spec: { volumeName },
  ...more,
});
const leaving = { metadata: { name: 'data-postgres-0', deletionTimestamp: new Date(0) } };

it.each<[string, V1PersistentVolumeClaim[], Database['kind']]>([
  ['no claim', [], 'none'],
  ['a claim that never got a volume', [claimOf('data-postgres-0', '')], 'none'],
  ['a bound claim', [claimOf('data-postgres-0', 'pv')], 'stands'],
  ['a bound claim by its label', [claimOf('old', 'pv', componentOf('old'))], 'stands'],
  ['a claim of something else', [claimOf('data-prometheus-0', 'pv')], 'none'],
  ['a claim without its volume', [claimOf('data-postgres-0', 'pv', { status: { phase: 'Lost' } })], 'going'],
  ['a claim that is being deleted', [claimOf('data-postgres-0', 'pv', leaving)], 'going'],
  ['one of two', [claimOf('data-postgres-0', 'pv', leaving), claimOf('data-postgres-1', 'pv')], 'stands'],
])('%s', (_name, claims, kind) => {
  expect(judgeClaims(claims).kind).toBe(kind);
});

it('the claim that holds the data is told by its uid, and one of another uid is another', () => {
  const of = (uid: string, name: string) => claimOf(name, 'pv', { metadata: { name, uid } });
  const both = judgeClaims([of('u-1', 'data-postgres-0'), of('u-2', 'data-postgres-1')]);
  expect([null, undefined, 'u-2', 'gone'].map((uid) => claimUidOf(both, uid))).toEqual(['u-1', 'u-1', 'u-2', 'u-1']);
  expect(claimUidOf({ kind: 'none' }, 'u-1')).toBeNull();
  const place = { name: 'customer-0', customerId: 'cust_0' };
  expect([null, undefined, 'u-1', 'u-2'].map((uid) => requireData(both, place, uid).ok)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  const other = requireData(both, place, 'gone');
  expect(!other.ok && other.error.message).toMatch(
    /claim data-postgres-0 is another one than held its data \(uid u-1, u-2, not gone\)/,
  );
});

function componentOf(name: string) {
  return { metadata: { name, labels: { 'app.kubernetes.io/component': 'postgres' } } };
}

describeWithTools(['helm', ...clusterTools], 'a database that has run', () => {
  const stage = setClusterStage();
  const { customer, pods, secret, settled, start } = stage;
  const run = (on: FakeDeployment) => settled(stage.plane.want(on, 'running'));
  const suspend = (on: FakeDeployment) => settled(stage.plane.want(on, 'suspended'));
  const refused = async (on: FakeDeployment) => (await settled(stage.plane.want(on, 'running'), 'failed')).failures[0];

  it('is not started with another password, whether one Secret is gone or all of them, release included', async () => {
    await start();
    const [one, all] = [customer(), customer()];
    await Promise.all([run(one), run(all)]);
    await Promise.all([suspend(one), suspend(all)]);
    await stage.core.deleteNamespacedSecret({ name: 'instance-postgres', namespace: one.namespace });
    await stage.core.deleteCollectionNamespacedSecret({ namespace: all.namespace });
    for (const on of [one, all]) {
      expect(await refused(on)).toMatchObject({ code: 'secret_lost', retryable: false });
      await expect(secret(on, 'instance-postgres', 'password')).rejects.toMatchObject({ code: 404 });
      expect(await pods(on)).toEqual([]);
    }
    // A person brings the password back, and the stack goes on.
    await stage.core.createNamespacedSecret({
      namespace: all.namespace,
      body: { metadata: { name: 'instance-postgres' }, stringData: { password: 'kept' } },
    });
    await run(all);
    expect(await secret(all, 'instance-postgres', 'password')).toBe('kept');
  });

  it('whose first install failed and whose password was lost then is not started with another either', async () => {
    await start({ image: 'missing.invalid/app:1' });
    const on = customer();
    stage.plane.times.timeoutMs = 25_000;
    await stage.firstFailure(stage.plane.want(on, 'running'));
    expect(
      (await stage.core.readNamespacedPersistentVolumeClaim({ name: claim, namespace: on.namespace })).status?.phase,
    ).toBe('Bound');
    await stage.core.deleteNamespacedSecret({ name: 'instance-postgres', namespace: on.namespace });
    stage.plane.faults.holdRetries = false;
    expect(await refused(customerAgain(on))).toMatchObject({ code: 'secret_lost' });
  });

  it('is not replaced by an empty one: with its claim or its namespace gone nothing starts until a person has answered', async () => {
    await start();
    const [noClaim, noNamespace] = [customer(), customer()];
    await Promise.all([run(noClaim), run(noNamespace)]);
    await Promise.all([suspend(noClaim), suspend(noNamespace)]);
    await stage.core.deleteNamespacedPersistentVolumeClaim({ name: claim, namespace: noClaim.namespace });
    await stage.core.deleteNamespace({ name: noNamespace.namespace });
    for (const on of [noClaim, noNamespace]) {
      expect(await refused(on)).toMatchObject({ code: 'claim_lost', retryable: false });
    }
    expect(await pods(noClaim)).toEqual([]);
    const said = await suspend(noClaim);
    expect(said.drift).toMatchObject([{ object: 'PersistentVolumeClaim', kind: 'missing' }]);
    // The loss is accepted.
    for (const on of [noClaim, noNamespace]) on.expectsData = false;
    await Promise.all([run(noClaim), run(noNamespace)]);
  });

  it('is not taken for a claim that a StatefulSet made anew, with an empty volume, after claim and pod were deleted together', async () => {
    await start();
    const on = customer();
    await run(on);
    const before = await claimOn(on);
    expect(on.claimUid).toBe(before.metadata?.uid);
    await run(on);
    expect(on.claimUid).toBe(before.metadata?.uid);
    // As if it had been deployed before uids were kept.
    on.claimUid = null;
    await settled(stage.plane.compare(on));
    expect(on.claimUid).toBe(before.metadata?.uid);
    await stage.core.deleteNamespacedPersistentVolumeClaim({ name: claim, namespace: on.namespace });
    await stage.core.deleteNamespacedPod({ name: 'postgres-0', namespace: on.namespace });
    await until(async () => {
      const anew = await claimOn(on);
      expect(anew.metadata?.uid).not.toBe(before.metadata?.uid);
      expect(anew.status?.phase).toBe('Bound');
    });
    expect((await settled(stage.plane.compare(on))).drift).toMatchObject([
      { object: 'PersistentVolumeClaim', kind: 'missing', difference: expect.stringContaining('is another one than') },
    ]);
    expect(await refused(on)).toMatchObject({ code: 'claim_lost', retryable: false });
    // The loss is accepted: what is there counts from now on.
    Object.assign(on, { expectsData: false, claimUid: null });
    await run(on);
    expect(on.claimUid).toBe((await claimOn(on)).metadata?.uid);
    await run(on);
  });

  it('is lost with its volume: nothing starts until a person has answered, and an accepted loss gives the claim away', async () => {
    await start();
    const on = customer();
    await run(on);
    await suspend(on);
    const before = await claimOn(on);
    const volume = before.spec?.volumeName ?? '';
    const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
    await stage.core.deletePersistentVolume({ name: volume });
    await stage.core.patchPersistentVolume({ name: volume, body: { metadata: { finalizers: null } } }, merge);
    await until(async () => expect((await claimOn(on)).status?.phase).toBe('Lost'));
    const failure = await refused(on);
    expect(failure).toMatchObject({ code: 'claim_lost', retryable: false });
    expect(failure?.message).toContain(`claim ${claim} has lost its volume`);
    expect(await pods(on)).toEqual([]);
    Object.assign(on, { expectsData: false, claimUid: null });
    await run(on);
    const after = await claimOn(on);
    expect(after.status?.phase).toBe('Bound');
    expect(on.claimUid).toBe(after.metadata?.uid);
    expect(after.metadata?.uid).not.toBe(before.metadata?.uid);
  });

  it('has its claim told to no API that keeps none', async () => {
    await start();
    const on = customer();
    on.claimUid = undefined;
    await run(on);
    await run(on);
    expect(on.claimUid).toBeUndefined();
  });

  const claimOn = (on: FakeDeployment) =>
    stage.core.readNamespacedPersistentVolumeClaim({ name: claim, namespace: on.namespace });
  const until = (look: () => Promise<void>) => vi.waitFor(look, { timeout: patienceMs, interval: 200 });

  /** The same customer with nothing waiting. */
  function customerAgain(on: FakeDeployment): FakeDeployment {
    for (const job of stage.plane.jobs) if (job.deployment === on && job.state === 'waiting') job.state = 'failed';
    return on;
  }
});
