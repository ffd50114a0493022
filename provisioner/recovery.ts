/**
 * What to do about a release that a killed helm left behind. Helm marks a release `pending-*` before it works and refuses
 * it until somebody decides. Only safe while we hold the deployment's lease: then the helm that set the mark has ended.
 */
import { z } from 'zod';
import { err, ok, type Result } from '../src/lib/result.ts';

/** A line of `helm history -o json`: revisions ascend. Other fields are not ours to know. */
const revisions = z.array(z.object({ revision: z.number().int(), status: z.string() }));
export type Revision = z.infer<typeof revisions>[number];

/** Reads `helm history -o json`. */
export function parseHistory(text: string): Result<Revision[], string> {
  try {
    const parsed = revisions.safeParse(JSON.parse(text));
    return parsed.success ? ok(parsed.data) : err('helm history answered another form than expected');
  } catch {
    return err('helm history did not answer JSON');
  }
}

/** `none`: upgrade as usual. `uninstall`: nothing of it ever ran. `rollback`: to what last ran. */
export type Recovery = { kind: 'none' } | { kind: 'uninstall' } | { kind: 'rollback'; to: number };

/**
 * Decides by the history alone. Never deployed: uninstall, so that the install starts clean. Deployed before: roll back
 * to that revision. A half-done uninstall is finished. `failed` needs nothing: an upgrade may follow it.
 */
export function planRecovery(history: Revision[]): Recovery {
  const byAge = [...history].sort((a, b) => a.revision - b.revision);
  const last = byAge.at(-1);
  if (last === undefined) return { kind: 'none' };
  if (last.status === 'uninstalling') return { kind: 'uninstall' };
  if (!last.status.startsWith('pending-')) return { kind: 'none' };
  const ran = byAge.findLast((r) => r.status === 'deployed') ?? byAge.findLast((r) => r.status === 'superseded');
  return ran ? { kind: 'rollback', to: ran.revision } : { kind: 'uninstall' };
}

/** The revision that a failed upgrade goes back to; null when none ever ran. */
export const lastDeployed = (history: Revision[]): number | null =>
  history.findLast((r) => r.status === 'deployed')?.revision ??
  history.findLast((r) => r.status === 'superseded')?.revision ??
  null;

/** The newest revision when a killed helm left it `pending-*`; else null. */
export function pendingRevision(history: Revision[]): number | null {
  const last = history.toSorted((a, b) => a.revision - b.revision).at(-1);
  return last?.status.startsWith('pending-') ? last.revision : null;
}
