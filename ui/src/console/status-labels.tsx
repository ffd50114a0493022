/** How a subscription, a deployment and an event are, as labels with their colour and word. */
import { Label, type LabelProps } from '@patternfly/react-core';
import type { DeploymentStatus, SubscriptionStatus } from '../../../src/contracts/customers.ts';
import type { EventState } from '../../../src/contracts/webhooks.ts';
import { customerTexts as texts } from '../texts/console-customers.ts';
import { eventTexts } from '../texts/console-stripe.ts';

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

const ofEvent: Partial<Record<EventState, Status>> = {
  processed: 'success',
  received: 'info',
  failed: 'warning',
  dead: 'danger',
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

export const EventLabel = ({ state }: { state: EventState }) => (
  <Word word={eventTexts.states[state]} status={ofEvent[state]} />
);
