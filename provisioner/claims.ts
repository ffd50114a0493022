/**
 * The volume claim of a customer's database: the evidence that the database has run. Helm's history is none, since it can
 * be lost, or be there without the volume.
 */
import type { V1PersistentVolumeClaim } from '@kubernetes/client-node';
import { ok, type Result } from '../src/lib/result.ts';
import { type Failure, failed } from './failure.ts';
import { call, type Kube, kubeFailure } from './kube.ts';
import type { Place } from './namespace.ts';

/** The component of the chart whose volume holds the customer's data. */
const component = 'postgres';

/**
 * `none`: there is no claim, or one that never got a volume. `stands`: a volume is bound. `going`: the claim has lost its
 * volume, or is being deleted.
 */
export type Database = { kind: 'none' } | { kind: 'stands' } | { kind: 'going'; claim: string; why: string };

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
  if (used.some((claim) => goes(claim) === null)) return { kind: 'stands' };
  const [claim] = used;
  return claim ? { kind: 'going', claim: claim.metadata?.name ?? '', why: goes(claim) ?? '' } : { kind: 'none' };
}

/** Reads what is left of the database in a namespace; one that is not there holds none. */
export async function databaseOf(kube: Kube, place: Place): Promise<Result<Database, Failure>> {
  const found = await call(kube.core.listNamespacedPersistentVolumeClaim({ namespace: place.name }));
  return found.ok ? ok(judgeClaims(found.value.items)) : kubeFailure('listing volume claims', found.error);
}

/**
 * Refuses to go on where data is expected and its claim does not stand: an empty database would be told as the old one.
 * Final until a person has answered.
 */
export function requireData(database: Database, place: Place): Result<void, Failure> {
  if (database.kind === 'stands') return ok(undefined);
  const what =
    database.kind === 'none'
      ? `the database's volume claim is not in namespace ${place.name}`
      : `the database's volume claim ${database.claim} ${database.why}`;
  return failed(
    'claim_lost',
    `${what}, though the database has run; nothing was started: restore the volume, or deploy anew and accept the loss`,
  );
}
