/**
 * Why a deployment is not where it should be: the codes that a provisioner reports, and what a tenant is told of each. The
 * cluster's own words (message and events of the job) name nodes, images and other objects, and are an admin's to read.
 */

/** Code → one sentence for the tenant. It says whose turn it is. */
export const deploymentFailures = {
  helm_missing: 'The deployment waits for our operators.',
  helm_failed: 'The deployment did not succeed and is tried again.',
  helm_killed: 'The deployment was interrupted and is tried again.',
  chart_broken: 'The deployment is refused as it is configured; our operators have to change that.',
  values_invalid: 'The deployment waits for our operators.',
  kubeconfig_invalid: 'The deployment waits for our operators.',
  cluster_unreachable: 'The cluster does not answer; the deployment goes on when it does.',
  cluster_failing: 'The cluster is in trouble; the deployment goes on when it is over.',
  control_plane_unreachable: 'The deployment was interrupted and is tried again.',
  forbidden: 'The deployment waits for our operators.',
  namespace_taken: 'The place of this deployment is taken; our operators have to free it.',
  namespace_terminating: 'What was there before is still being removed; the deployment goes on when it is gone.',
  secret_damaged: 'A credential of this deployment is damaged; our operators have to restore it.',
  secret_lost: 'A credential of this deployment is lost; our operators have to restore it.',
  claim_lost:
    'The data of this deployment is not where it should be; our operators have to look at it before anything starts.',
  release_busy: 'Another change of this deployment is under way; it is tried again.',
  pod_security: 'The deployment asks for more than the cluster allows; our operators have to change that.',
  quota_exceeded: 'The deployment needs more than its plan allows.',
  storage_class_missing: 'The deployment waits for our operators.',
  volume_full: 'A volume of this deployment is full; it is tried again when there is room.',
  not_ready: 'The deployment has not become ready in time and is tried again.',
  timeout: 'The deployment was not done in time and is tried again.',
  internal: 'The deployment did not succeed and is tried again.',
} as const;

export type RunFailureCode = keyof typeof deploymentFailures;
