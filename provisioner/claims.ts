/**
 * The volume claim of a customer's database: the evidence that the database has run. Helm's history is none, since it can
 * be lost, or be there without the volume.
 */
import type { V1PersistentVolumeClaim } from '@kubernetes/client-node';
import { err, ok, type Result } from '../src/lib/result.ts';
import { sleep } from './clock.ts';
import { type Failure, failed, lost, type Stop } from './failure.ts';
import { call, type Kube, kubeFailure } from './kube.ts';
import type { Own } from './namespace.ts';
import type { Place, Until } from './place.ts';

/** The component of the chart whose volume holds the customer's data. */
const component = 'postgres';
/** How often we look whether a claim has gone. */
const goneEveryMs = 500;

/**
 * `none`: there is no claim, or one that never got a volume. `stands`: a volume is bound; `uids` are those of the claims. `going`:
 * the claim is being deleted (`isDeleted`), or has lost its volume.
 */
export type Database =
  | { kind: 'none' }
  | { kind: 'stands'; claim: string; uids: readonly string[] }
  | { kind: 'going'; claim: string; why: string; isDeleted: boolean };

/** A claim that was restored by hand may lack the chart's labels; the StatefulSet finds it by its name all the same. */
const isDatabases = ({ metadata }: V1PersistentVolumeClaim): boolean =>
  metadata?.labels?.['app.kubernetes.io/component'] === component ||
  new RegExp(`(^|-)${component}-\\d+$`).test(metadata?.name ?? '');

/** Judges the claims of a namespace. */
export function judgeClaims(claims: V1PersistentVolumeClaim[]): Database {
  const used = claims.filter((claim) => isDatabases(claim) && (claim.spec?.volumeName ?? '') !== '');
  const goes = (claim: V1PersistentVolumeClaim): string | null => {
    if (claim.metadata?.deletionTimestamp) return 'is being deleted';
    return claim.status?.phase === 'Lost' ? 'has lost its volume' : null;
  };
  const standing = used.filter((claim) => goes(claim) === null).map(({ metadata }) => metadata);
  if (standing.length > 0) {
    const uids = standing.flatMap((metadata) => metadata?.uid ?? []);
    return { kind: 'stands', claim: standing[0]?.name ?? '', uids };
  }
  const [claim] = used;
  if (claim === undefined) return { kind: 'none' };
  const isDeleted = claim.metadata?.deletionTimestamp !== undefined;
  return { kind: 'going', claim: claim.metadata?.name ?? '', why: goes(claim) ?? '', isDeleted };
}

/**
 * Reads what is left of the database in a namespace. One that is not there holds none, and of one that is being deleted nothing is
 * left: neither is read.
 */
export async function databaseOf(kube: Kube, place: Place, own: Own = 'entered'): Promise<Result<Database, Failure>> {
  if (own !== 'entered') return ok({ kind: 'none' });
  const found = await call(kube.core.listNamespacedPersistentVolumeClaim({ namespace: place.name }));
  return found.ok ? ok(judgeClaims(found.value.items)) : kubeFailure('listing volume claims', found.error);
}

/**
 * Refuses to go on where data is expected and its claim does not stand: an empty database would be told as the old one. A
 * claim of another uid is another claim: a StatefulSet makes one anew, with an empty volume, when claim and pod were
 * deleted together. Final until a person has answered. @param uid of the claim that holds the data, where it is known
 */
export function requireData(database: Database, place: Place, uid: string | null | undefined): Result<void, Failure> {
  const why = whyLost(database, place, uid ?? null);
  if (why === null) return ok(undefined);
  return failed(
    'claim_lost',
    `${why}, though the database has run; nothing was started: restore the volume, or deploy anew and accept the loss`,
  );
}

function whyLost(database: Database, place: Place, uid: string | null): string | null {
  switch (database.kind) {
    case 'none':
      return `the database's volume claim is not in namespace ${place.name}`;
    case 'going':
      return `the database's volume claim ${database.claim} ${database.why}`;
    case 'stands':
      return uid === null || database.uids.includes(uid)
        ? null
        : `the database's volume claim ${database.claim} is another one than held its data (uid ${database.uids.join(', ')}, not ${uid})`;
  }
}

/** The uid to tell of the claim that holds the data: the expected one where it stands. Null where no claim stands. */
export function claimUidOf(database: Database, expected: string | null | undefined): string | null {
  if (database.kind !== 'stands') return null;
  return database.uids.find((uid) => uid === expected) ?? database.uids[0] ?? null;
}

/**
 * Waits until a claim that is being deleted, or has lost its volume and is deleted here, has gone, where its data is not
 * expected: with a lost claim in its place no database starts. Pods that hold the claim are deleted, because the cluster keeps
 * the claim for as long as one does, and the database would run on what is about to be removed. Answers what is left of the
 * database then.
 */
export async function letGo(kube: Kube, place: Place, until: Until): Promise<Result<Database, Stop>> {
  for (;;) {
    if (until.signal.aborted) return err(lost);
    const database = await databaseOf(kube, place);
    if (!database.ok || database.value.kind !== 'going') return database;
    const { claim, isDeleted } = database.value;
    const deleted = isDeleted ? ok(undefined) : await deleteClaim(kube, place, claim);
    if (!deleted.ok) return deleted;
    const ended = await endHolders(kube, place, claim);
    if (!ended.ok) return ended;
    if (until.now() + goneEveryMs >= until.workUntil) {
      return failed('not_ready', `volume claim ${claim} is being deleted and has not gone in time`);
    }
    await sleep(goneEveryMs, until.signal);
  }
}

async function deleteClaim(kube: Kube, place: Place, name: string): Promise<Result<void, Failure>> {
  const deleted = await call(kube.core.deleteNamespacedPersistentVolumeClaim({ name, namespace: place.name }));
  if (deleted.ok || deleted.error.kind === 'not_found') return ok(undefined);
  return kubeFailure(`deleting PersistentVolumeClaim ${name}`, deleted.error);
}

async function endHolders(kube: Kube, place: Place, claim: string): Promise<Result<void, Failure>> {
  const listed = await call(kube.core.listNamespacedPod({ namespace: place.name }));
  if (!listed.ok) return kubeFailure('listing pods', listed.error);
  const holders = listed.value.items.filter(
    ({ metadata, spec }) =>
      !metadata?.deletionTimestamp &&
      (spec?.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim),
  );
  for (const { metadata } of holders) {
    const name = metadata?.name ?? '';
    const deleted = await call(kube.core.deleteNamespacedPod({ name, namespace: place.name }));
    if (!deleted.ok && deleted.error.kind !== 'not_found') return kubeFailure(`deleting Pod ${name}`, deleted.error);
  }
  return ok(undefined);
}
