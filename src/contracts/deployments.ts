/** A customer's deployment on the wire: what is wanted, what was seen, and the orders to bring the two together. */
import { z } from 'zod';
import { jobId } from './common.ts';
import { phase } from './jobs.ts';

/** Why a deployment is suspended, and so who may lift it (decisions 17). */
const suspendedFor = z.enum(['trial_ended', 'unpaid', 'spend_cap', 'operator']);

/** What it should be: changed by people and by the subscription. */
const wanted = z.object({
  phase,
  plan: z.string(),
  chart_version: z.string().nullable(),
  cluster_id: z.string(),
  generation: z.number().int(),
});

/** What the last run left: the same words, null for what no run has said yet. */
const observed = z.object({
  phase: phase.nullish(),
  plan: z.string().nullish(),
  chart_version: z.string().nullish(),
  cluster_id: z.string().nullish(),
  generation: z.number().int(),
});

const drifted = z.object({ object: z.string(), kind: z.string(), difference: z.string() });

/** GET /api/customers/:id/deployment (viewer, account). */
export const deploymentAnswer = z.object({
  wanted,
  observed,
  drift: z.array(drifted),
  services: z.array(z.unknown()),
  suspended_for: suspendedFor.nullable(),
});
export type DeploymentAnswer = z.infer<typeof deploymentAnswer>;

const reason = z.string().trim().min(1).max(500);

/**
 * POST …/deployment/redeploy (operator): the same generation's values once more. A claim that is gone stops it, unless
 * `accept_data_loss` says that an empty database is what a person wants.
 */
export const redeployBody = z.strictObject({ reason, accept_data_loss: z.boolean().optional() });

/** POST …/deployment/drift (operator): compares the cluster with what is wanted; `correct` puts it right, too. */
export const driftBody = z.strictObject({ correct: z.boolean().default(false) });

/** 202 of both: the job that does it. */
export const jobOrdered = z.object({ job_id: jobId });
