/** How a subscription and a deployment are, as labels with their colour and word. */
import { Label, type LabelProps } from '@patternfly/react-core';
import type { DeploymentStatus, SubscriptionStatus } from '../../../src/contracts/customers.ts';
import { customerTexts as texts } from '../texts/console-customers.ts';

type Status = NonNullable<LabelProps['status']>;

const ofSubscription: Partial<Record<SubscriptionStatus, Status>> = {
  active: 'success',
  trialing: 'info',
  past_due: 'warning',
  incomplete: 'warning',
  suspended: 'danger',
};
const ofDeployment: Partial<Record<DeploymentStatus, Status>> = {
  ready: 'success',
  provisioning: 'info',
  pending: 'info',
  failed: 'danger',
  suspended: 'warning',
};

const Word = ({ word, status }: { word: string; status: Status | undefined }) => (
  <Label isCompact variant="outline" {...(status ? { status } : {})}>
    {word}
  </Label>
);

export const SubscriptionLabel = ({ status }: { status: SubscriptionStatus }) => (
  <Word word={texts.statuses[status]} status={ofSubscription[status]} />
);

export const DeploymentLabel = ({ status }: { status: DeploymentStatus }) => (
  <Word word={texts.deployments[status]} status={ofDeployment[status]} />
);
