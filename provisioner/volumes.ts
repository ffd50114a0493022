/**
 * What a volume can lack, read from what the cluster and the containers say: its storage class, or room. Pure. Both have a code of
 * their own (failure.ts), because who mends them need not look at anything else.
 */
import type { V1Pod } from '@kubernetes/client-node';
import type { JobEvent } from '../src/contracts/jobs.ts';

/** The reason of an event of our own: a container ended because the volume of its pod's claim is full. */
export const volumeFull = 'VolumeFull';

/** `storageclass.storage.k8s.io "fast" not found`, as the controller of volumes says it of the claim. */
const noSuchClass = /storageclass\S* .*not found/i;
/** PostgreSQL, mosquitto and Redis say it as the C library does, Go programs without the capital, SQLite in words of its own. */
const noRoom = /no space left on device|ENOSPC|disk is full/i;
/** How much of a container's last words is told. */
const lineMax = 300;

/** A claim for which no volume is made as long as the cluster lacks its storage class. */
export const isClassMissing = ({ object, reason, message }: JobEvent): boolean =>
  object.startsWith('PersistentVolumeClaim/') && reason === 'ProvisioningFailed' && noSuchClass.test(message);

/** The claims that a pod mounts. */
export const claimsOf = (pod: V1Pod): string[] =>
  (pod.spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);

/** The line in which the last words of an ended container say that there is no room; null where none does. */
export function fullLine(lastWords: string | undefined): string | null {
  const line = lastWords?.split('\n').findLast((each) => noRoom.test(each));
  return line === undefined ? null : line.trim().slice(0, lineMax);
}
