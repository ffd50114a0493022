/** Chart values as the Worker renders them for a lease, so that chart and Worker are tested on the same thing. */
import type { ChartValues } from '../../src/contracts/jobs.ts';
import { renderValues } from '../../src/deployments/deployment.ts';
import { shortIdOf } from '../../src/lib/ids.ts';
import { shippedPlan } from '../harness/plans.ts';

export const plans = ['starter', 'professional', 'enterprise'] as const;
export type Plan = (typeof plans)[number];

const customerId = 'cust_b4c867f44a92453aba8a2fe3fe5d6e5e';

const publicKeyPem =
  '-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf\n-----END PUBLIC KEY-----\n';

export interface Example {
  plan?: Plan;
  suspended?: boolean;
  draining?: boolean;
  customerId?: string;
  companyName?: string;
  email?: string;
  storageClass?: string;
  /** False: as of a control plane that knows no reporters of applications. */
  application?: boolean;
}

/** Values of an ordinary customer, changed where a test says so. */
export const exampleValues = (change: Example = {}): ChartValues => {
  const id = change.customerId ?? customerId;
  const plan = change.plan ?? 'starter';
  return renderValues({
    customerId: id,
    shortId: shortIdOf(id),
    organisationId: 'org_0f3c5a7e9b1d2468ace013579bdf8642',
    companyName: change.companyName ?? 'Acme Corp',
    email: change.email ?? 'owner@example.com',
    plan,
    stack: change.suspended ? (change.draining ? 'draining' : 'stopped') : 'running',
    storageClass: change.storageClass ?? 'standard',
    baseDomain: 'example.com',
    billingApiUrl: 'https://billing.example.com',
    publicKeyPem,
    monitoring: shippedPlan(plan).monitoring,
    quota: shippedPlan(plan).chart.quota,
    hasApplicationReporter: change.application ?? true,
  });
};
