/**
 * Takes the mark `pending-*` off a release that a killed helm left behind, and applies nothing. Helm's own way out of it is
 * a roll-back, which would start what a suspension has just stopped. Knows how Helm stores a revision (its Secret driver:
 * JSON, gzip, base64); only safe while we hold the deployment's lease, because then the helm that set the mark has ended.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { messageOf } from '../src/lib/message.ts';
import { ok, type Result } from '../src/lib/result.ts';
import { type Failure, failed } from './failure.ts';
import { call, type Kube, kubeFailure } from './kube.ts';
import type { Place } from './place.ts';

/** The parts of a stored revision that are changed; the rest stays as it is. */
const stored = z.looseObject({ info: z.looseObject({ status: z.string() }) });

/** A revision as Helm stores it, with the status `failed`, from which Helm takes an upgrade. Throws on another form. */
export function markFailed(data: string): string {
  const packed = Buffer.from(Buffer.from(data, 'base64').toString('latin1'), 'base64');
  const release = stored.parse(JSON.parse(gunzipSync(packed).toString('utf8')));
  const info = { ...release.info, status: 'failed', description: 'Helm was killed in the middle of it' };
  const text = gzipSync(JSON.stringify({ ...release, info }), { level: 9 }).toString('base64');
  return Buffer.from(text, 'latin1').toString('base64');
}

/** Marks a pending revision of the release as failed. */
export async function unlock(
  kube: Kube,
  place: Place,
  release: string,
  revision: number,
): Promise<Result<void, Failure>> {
  const name = `sh.helm.release.v1.${release}.v${revision}`;
  const found = await call(kube.core.readNamespacedSecret({ name, namespace: place.name }));
  if (!found.ok) return kubeFailure(`reading Secret ${name}`, found.error);
  const secret = found.value;
  let data: string;
  try {
    data = markFailed(secret.data?.['release'] ?? '');
  } catch (error) {
    return failed('release_busy', `Secret ${name} is not as Helm stores a revision: ${messageOf(error)}`);
  }
  // With the resource version that was read: whoever else has written it meanwhile is not overwritten.
  const body = {
    ...secret,
    metadata: { ...secret.metadata, labels: { ...secret.metadata?.labels, status: 'failed' } },
    data: { ...secret.data, release: data },
  };
  const replaced = await call(kube.core.replaceNamespacedSecret({ name, namespace: place.name, body }));
  return replaced.ok ? ok(undefined) : kubeFailure(`updating Secret ${name}`, replaced.error);
}
