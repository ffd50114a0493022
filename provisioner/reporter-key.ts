/** The reporter's key of a deployment: made here, kept in a Secret, registered by its hash with every job. */
import { err, ok, type Result } from '../src/lib/result.ts';
import { type ClusterDeps, placeOf } from './cluster-deps.ts';
import type { JobContext, Registered } from './executor.ts';
import { failed, type Stop } from './failure.ts';
import { ensureReporterKey, replaceReporterKey } from './secrets.ts';

/** Makes sure of the Secret and registers its key; a key that a person has revoked is replaced by another one. */
export async function registerKey(deps: ClusterDeps, context: JobContext): Promise<Result<void, Stop>> {
  const place = placeOf(context.job);
  const { reporter_id: reporterId } = context.job;
  const key = await ensureReporterKey(deps.kube, place, reporterId, deps.random);
  if (!key.ok) return key;
  return await registerOr(await context.registerReporter(key.value), async () => {
    const fresh = await replaceReporterKey(deps.kube, place, reporterId, deps.random);
    return fresh.ok ? await context.registerReporter(fresh.value) : fresh;
  });
}

/** The outcome of a registration, or of the one with another key where the first key was revoked. */
export async function registerOr(
  first: Result<Registered, Stop>,
  withAnother: () => Promise<Result<Registered, Stop>>,
): Promise<Result<void, Stop>> {
  const outcome = first.ok && first.value === 'revoked' ? await withAnother() : first;
  if (!outcome.ok) return err(outcome.error);
  return outcome.value === 'registered' ? ok(undefined) : failed('internal', 'a key that was just made is revoked');
}
