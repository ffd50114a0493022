/** A part of a page that could not be had: what happened, which request it was, and another try. */
import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from '@patternfly/react-core';
import type { ApiFailure } from '../../../src/lib/api-client.ts';
import { common } from '../texts/common.ts';
import { FailureLink } from './failure-link.tsx';

export interface FailureStateProps {
  failure: ApiFailure;
  again?: () => void;
}

/** Text of whoever answered is shown as text. */
export function FailureState({ failure, again }: FailureStateProps) {
  const { kind, message, requestId } = failure;
  const hint = common.failedHint[kind];
  return (
    <div role="alert">
      <EmptyState headingLevel="h2" status="danger" titleText={common.failedTitle[kind]} variant="sm">
        <EmptyStateBody>
          <p>{message}</p>
          <FailureLink failure={failure} />
          {hint === '' ? null : <p>{hint}</p>}
          {requestId === null ? null : <p>{common.request(requestId)}</p>}
        </EmptyStateBody>
        {again ? (
          <EmptyStateFooter>
            <EmptyStateActions>
              <Button variant="primary" onClick={again}>
                {common.tryAgain}
              </Button>
            </EmptyStateActions>
          </EmptyStateFooter>
        ) : null}
      </EmptyState>
    </div>
  );
}
