/** A deed that failed, said beside its button: message and request. */
import { Alert } from '@patternfly/react-core';
import type { ApiFailure } from '../../../src/lib/api-client.ts';
import { common } from '../texts/common.ts';
import { FailureLink } from './failure-link.tsx';

export function FailureAlert({ failure }: { failure: ApiFailure }) {
  return (
    <div role="alert">
      <Alert isInline variant="danger" title={common.failedTitle[failure.kind]}>
        <p>{failure.message}</p>
        <FailureLink failure={failure} />
        {failure.requestId === null ? null : <p>{common.request(failure.requestId)}</p>}
      </Alert>
    </div>
  );
}
