/** The keys of a deployment's reporters: each made here, kept in a Secret of its own, registered by its hash with every job. */
import { err, ok, type Result } from '../src/lib/result.ts';
import { type ClusterDeps, placeOf } from './cluster-deps.ts';
import type { JobContext, Registered } from './executor.ts';
import { failed, type Stop } from './failure.ts';
import { type Reporter, reportersOf } from './reporters.ts';
import { ensureReporterKey, replaceReporterKey } from './secrets.ts';

/** Makes sure of the Secrets of all reporters and registers their keys, in the order in which the API names them. */
export async function registerKeys(deps: ClusterDeps, context: JobContext): Promise<Result<void, Stop>> {
  for (const reporter of reportersOf(context.job)) {
    const registered = await registerKey(deps, context, reporter);
    if (!registered.ok) return registered;
  }
  return ok(undefined);
}

/** Makes sure of one reporter's Secret and registers its key; a key that a person has revoked is replaced by another one. */
export async function registerKey(
  deps: ClusterDeps,
  context: JobContext,
  reporter: Reporter,
): Promise<Result<void, Stop>> {
  const place = placeOf(context.job);
  const key = await ensureReporterKey(deps.kube, place, reporter, deps.random);
  if (!key.ok) return key;
  return await registerOr(await context.registerReporter(reporter.id, key.value), async () => {
    const fresh = await replaceReporterKey(deps.kube, place, reporter, deps.random);
    return fresh.ok ? await context.registerReporter(reporter.id, fresh.value) : fresh;
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
