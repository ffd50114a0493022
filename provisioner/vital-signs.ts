/**
 * What the process knows of its own health: when its loop was last heard of, and what each thing that it depends on last
 * answered. Owns what counts as alive and as ready. Pure but for the clock that is given; the loop tells it, health.ts and
 * metrics.ts ask it.
 */
import { secondMs } from '../src/lib/time.ts';
import type { Monotonic } from './clock.ts';
import type { Outage } from './outage.ts';
import { redact } from './redact.ts';

export const dependencies = ['control_plane', 'cluster', 'queue'] as const;
export type Dependency = (typeof dependencies)[number];

/** `reason`: why it does not answer, null while it does. `answeredMsAgo` is null before its first answer. */
export type Reach = { up: boolean; answeredMsAgo: number | null; reason: string | null };

export interface VitalSigns {
  /** The loop is at work, and will be heard of again after at most `waitMs` of waiting, beside what its calls take. */
  beat(waitMs: number): void;
  /** No more work is taken: the process ends when its jobs have, so that it is alive and not ready from here on. */
  stop(): void;
  /** Tells `outage` what it is told, and remembers it as the reach of the dependency. */
  watch(dependency: Dependency, outage: Outage): Outage;
  reach(dependency: Dependency): Reach;
  /** Whether the loop turns; `overdueMs` is how long ago it should have been heard of, 0 while it is not due. */
  alive(): { ok: boolean; overdueMs: number };
  /**
   * Whether jobs can be worked on: the control plane and the cluster answered when they were last asked. A queue that is down
   * only delays (the control plane is then asked without rings), and makes nothing unready. While every slot has a job
   * nobody is asked, and the last answer stands.
   */
  ready(): boolean;
}

/** One call of the loop takes half a minute at most (time-outs, tries, a plugin for credentials); four make a stuck loop. */
const stuckAfterMs = 120 * secondMs;

export function vitalSigns(now: Monotonic): VitalSigns {
  let due = now();
  let stopping = false;
  const answeredAt = new Map<Dependency, number>();
  const reasons = new Map<Dependency, string>();
  const reach = (dependency: Dependency): Reach => {
    const at = answeredAt.get(dependency);
    const reason = reasons.get(dependency) ?? null;
    return { up: at !== undefined && reason === null, answeredMsAgo: at === undefined ? null : now() - at, reason };
  };
  return {
    beat(waitMs) {
      due = now() + waitMs;
    },
    stop() {
      stopping = true;
    },
    watch: (dependency, outage) => ({
      down(reason) {
        reasons.set(dependency, redact(reason));
        outage.down(reason);
      },
      up() {
        answeredAt.set(dependency, now());
        reasons.delete(dependency);
        outage.up();
      },
    }),
    reach,
    alive() {
      const overdueMs = stopping ? 0 : Math.max(0, now() - due);
      return { ok: overdueMs <= stuckAfterMs, overdueMs };
    },
    ready: () => !stopping && reach('control_plane').up && reach('cluster').up,
  };
}
