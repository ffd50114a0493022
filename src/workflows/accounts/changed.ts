/** The customer as it will be read after a change of status and phase: what the deed's answer says. Pure. */
import type { Phase } from '../../contracts/jobs.ts';
import type { WholeCustomer } from '../../customers/store.ts';

export interface Change {
  status: WholeCustomer['subscription']['status'];
  phase: Phase;
  /** The job that the change makes, where none waits: one that waits is raised to the new generation instead. */
  jobId: string;
  deactivatedAt: number | null;
}

export const changed = (before: WholeCustomer, { status, phase, jobId, deactivatedAt }: Change): WholeCustomer => ({
  ...before,
  customer: { ...before.customer, deactivatedAt },
  subscription: { ...before.subscription, status },
  deployment: { ...before.deployment, phase, specGeneration: before.deployment.specGeneration + 1 },
  jobId: before.waitingJobId ?? jobId,
  waitingJobId: before.waitingJobId ?? jobId,
});
