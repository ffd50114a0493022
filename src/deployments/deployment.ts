/** The desired state of a customer's stack and what the provisioner is told about it. Pure. */
import type { DeploymentStatus } from '../contracts/customers.ts';
import type { ChartValues, Phase, Verb } from '../contracts/jobs.ts';
import type { LicenceClaims } from '../contracts/licences.ts';

/** The status that a phase ends in when its run completed. */
export const statusOfPhase: Record<Phase, DeploymentStatus> = {
  running: 'ready',
  suspended: 'suspended',
  deleted: 'deleted',
};

/** The status while a run towards the phase is on its way. */
export const statusTowards: Record<Phase, DeploymentStatus> = {
  running: 'provisioning',
  suspended: 'provisioning',
  deleted: 'deleting',
};

/** What a stack should do: everything, only report its last window (drain.ts), or nothing. */
export type StackState = 'running' | 'draining' | 'stopped';

/** From the desired phase and the end of the window that a suspension still waits for, null for none. */
export function stackOf(phase: Phase, drainWindowEnd: number | null): StackState {
  if (phase === 'running') return 'running';
  return phase === 'suspended' && drainWindowEnd !== null ? 'draining' : 'stopped';
}

/** The word for people of a change of desired state. */
export function verbOf(before: Phase, after: Phase): Verb {
  if (after === 'deleted') return 'delete';
  if (after === 'suspended') return 'suspend';
  return before === 'suspended' ? 'resume' : 'upgrade';
}

/** Where the customer's instance is reached. */
export const instanceUrl = (shortId: string, baseDomain: string): string => `https://${shortId}.${baseDomain}`;

/** Secrets of the namespace, each with the key of one reporter: the exporter's, and the application's. */
export const reporterSecret = 'instance-reporter';
export const appReporterSecret = 'instance-app-reporter';

/** The Helm release: made of the id alone, so that no name of a customer can be read as a flag. */
export const releaseOf = (shortId: string): string => `c${shortId}`;

export interface RenderInput {
  customerId: string;
  shortId: string;
  organisationId: string;
  companyName: string;
  email: string;
  plan: string;
  stack: StackState;
  storageClass: string;
  baseDomain: string;
  billingApiUrl: string;
  publicKeyPem: string;
  monitoring: LicenceClaims['monitoring'];
  quota: NonNullable<ChartValues['quota']>;
  /** Whether the application has a reporter of its own, whose Secret the chart is told. */
  hasApplicationReporter: boolean;
}

/** The chart's values, rendered when a job is leased. No secret is among them. */
export const renderValues = (input: RenderInput): ChartValues => ({
  customer: {
    id: input.customerId,
    shortId: input.shortId,
    organisationId: input.organisationId,
    companyName: input.companyName,
    email: input.email,
  },
  plan: input.plan,
  suspended: input.stack !== 'running',
  metering: input.stack !== 'stopped',
  baseDomain: input.baseDomain,
  billingApiUrl: input.billingApiUrl,
  storageClass: input.storageClass,
  license: { publicKey: input.publicKeyPem },
  monitoring: input.monitoring,
  quota: input.quota,
  reporterSecret,
  ...(input.hasApplicationReporter ? { appReporterSecret } : {}),
});
