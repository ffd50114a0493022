/** Why signing in failed, in words that help and say nothing of who exists. */
import { Alert } from '@patternfly/react-core';
import type { CallFailed } from '../data/api.ts';
import { FailureAlert } from '../states/failure-alert.tsx';
import { signInTexts as texts } from '../texts/sign-in.ts';

export interface SignInFailureProps {
  error: CallFailed | null;
  /** What a 401 means here. */
  wrong?: string;
}

export function SignInFailure({ error, wrong = texts.wrong }: SignInFailureProps) {
  if (error === null) return null;
  const { status, retryAfterMs } = error.failure;
  if (status === 401 || status === 422) return <Said title={wrong} />;
  if (status === 429) return <Said title={texts.tooOften(Math.ceil((retryAfterMs ?? 60_000) / 1000))} />;
  return <FailureAlert failure={error.failure} />;
}

const Said = ({ title }: { title: string }) => (
  <div role="alert">
    <Alert isInline variant="danger" title={title} />
  </div>
);
