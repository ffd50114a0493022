/**
 * Why a deployment is not as it should be, in two voices: an admin reads the cluster's own words, a customer a sentence
 * that names no host, node or object of the cluster. Pure.
 */

/** By the code of the failure; what a code means is the provisioner's (docs/provisioner.md). */
const sentences: Readonly<Record<string, string>> = {
  not_ready: 'A part of the stack does not become ready. We are looking at it.',
  quota_exceeded: 'The stack needs more than its plan includes.',
  claim_lost: "The stack's volume is gone. We will contact you before anything is started.",
  secret_lost: 'A password of the stack is gone. We will contact you before anything is started.',
  namespace_terminating: 'The stack is still being cleaned up.',
  timeout: 'The stack took too long to become ready. It is tried again.',
  lease_lost: 'The stack could not be brought up. We are looking at it.',
};

/** The sentence for a customer; null when there is nothing to tell. */
export function sentenceOf(code: string | null): string | null {
  if (code === null) return null;
  return sentences[code] ?? 'The stack could not be brought up to date. It is tried again by itself.';
}
