/**
 * Why a deployment is not as it should be, in two voices: an admin reads the cluster's own words, a customer a sentence
 * that names no host, node or object of the cluster. Pure.
 */
import { deploymentFailures } from '../contracts/deployment-failures.ts';

/** What no run has failed of: a person has removed the job. */
const removed = 'The deployment waits for our operators.';

/** The sentence for a customer; null when there is nothing to tell. A code of a newer provisioner is told as any failure. */
export function sentenceOf(code: string | null): string | null {
  if (code === null) return null;
  const sentences: Readonly<Record<string, string>> = { ...deploymentFailures, job_removed: removed };
  return sentences[code] ?? deploymentFailures.internal;
}
