/** Why one pod is not ready, by its status and events, and how near to the cause that reason is. Pure. */
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { JobEvent } from '../src/contracts/jobs.ts';
import { claimsOf, fullLine, volumeFull } from './volumes.ts';

/**
 * `unplaced`: no node takes it. `broken`: a container does not start or ends. `unready`: it runs, or starts, and is not ready:
 * often because something else is not. `replaced`: it has failed for good, e.g. evicted, and its controller makes another.
 */
export type PodTrouble = 'unplaced' | 'broken' | 'unready' | 'replaced';

const condition = (pod: V1Pod, type: string) => pod.status?.conditions?.find((each) => each.type === type);

export const isReady = (pod: V1Pod): boolean => condition(pod, 'Ready')?.status === 'True';

/** A pod that has failed is never tried again: whoever owns it makes another. */
export const isReplaced = (pod: V1Pod): boolean => pod.status?.phase === 'Failed';

/** Reasons of a container that only has not started yet. */
const starting = new Set(['ContainerCreating', 'PodInitializing']);

/** What became of a container that does not run; null for one that runs, or starts as it should. */
function ofContainer({ name, state, lastState }: V1ContainerStatus): { reason: string; message: string } | null {
  const why = state?.waiting ?? state?.terminated;
  if (!why?.reason || starting.has(why.reason)) return null;
  const ended = state?.terminated ?? lastState?.terminated;
  const how = ended
    ? ` (${name} ended with ${[ended.reason, `code ${ended.exitCode}`].filter(Boolean).join(', ')})`
    : '';
  return { reason: why.reason, message: `${why.message ?? `container ${name}`}${how}` };
}

/**
 * How a container ended for want of room, in its own words; null for one that runs well. One that has just been started again ended
 * before; an init container is ready when it has ended well.
 */
function ofFullVolume({ name, ready, state, lastState }: V1ContainerStatus): string | null {
  const line = ready ? null : fullLine((state?.terminated ?? lastState?.terminated)?.message);
  return line === null ? null : `${name}: ${line}`;
}

/** A pod that is not ready. A full volume says most, then an ended or waiting container, then where it could not be placed. */
export function podReason(pod: V1Pod): JobEvent & { trouble: PodTrouble } {
  const object = `Pod/${pod.metadata?.name}`;
  const phase = `phase ${pod.status?.phase ?? 'unknown'}`;
  if (isReplaced(pod)) {
    const { reason, message } = pod.status ?? {};
    return { object, reason: reason ?? 'Failed', message: message ?? phase, trouble: 'replaced' };
  }
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const [claim] = claimsOf(pod);
  const full = statuses.map(ofFullVolume).find((each) => each !== null);
  if (claim !== undefined && full) {
    return { object, reason: volumeFull, message: `the volume of ${claim} has no room (${full})`, trouble: 'broken' };
  }
  for (const status of statuses.filter((each) => !each.ready)) {
    const why = ofContainer(status);
    if (why !== null) return { object, ...why, trouble: 'broken' };
  }
  const placed = condition(pod, 'PodScheduled');
  const unplaced = placed?.status === 'False';
  const said = unplaced ? placed : condition(pod, 'Ready');
  return {
    object,
    reason: said?.reason ?? 'NotReady',
    message: said?.message ?? phase,
    trouble: unplaced ? 'unplaced' : 'unready',
  };
}
