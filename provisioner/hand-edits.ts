/**
 * What somebody changed by hand, or another controller wrote, since the release was last laid down. An upgrade overwrites
 * it; this says so. Best effort: that it cannot be told holds nothing up.
 */
import type { DriftEntry } from '../src/contracts/jobs.ts';
import { ok, type Result } from '../src/lib/result.ts';
import { compareManifest } from './compare.ts';
import type { Stop } from './failure.ts';
import type { Kube } from './kube.ts';
import type { Place } from './namespace.ts';
import { lastDeployed, type Revision } from './recovery.ts';
import { manifestOf, type ReleaseContext } from './release.ts';

/** The objects of the release that live otherwise than it says, or not at all; none where nothing was ever laid down. */
export async function handEdits(
  kube: Kube,
  place: Place,
  on: ReleaseContext,
  revisions: Revision[],
): Promise<Result<DriftEntry[], Stop>> {
  const deployed = lastDeployed(revisions);
  if (deployed === null || revisions.at(-1)?.revision !== deployed) return ok([]);
  const manifest = await manifestOf(on, deployed);
  if (!manifest.ok) return manifest;
  const compared = await compareManifest(kube, place, manifest.value, on.signal);
  return compared.ok ? ok(compared.value.drift) : compared;
}
