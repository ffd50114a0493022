/** What is shown in the place of a page that threw: a newer build (then it is loaded anew), or a mistake of ours. */
import { Button, EmptyState, EmptyStateBody, EmptyStateFooter } from '@patternfly/react-core';
import { useEffect } from 'react';
import { common } from '../texts/common.ts';
import { isChunkError, reloadOnce } from './chunk-error.ts';

export function BrokenPage({ error }: { error: unknown }) {
  const isOld = isChunkError(error);
  useEffect(() => {
    if (isOld) reloadOnce();
  }, [isOld]);
  return (
    <EmptyState headingLevel="h1" status="danger" titleText={common.brokenTitle}>
      <EmptyStateBody>
        <p>{isOld ? common.newVersion : common.brokenHint}</p>
        {isOld || !(error instanceof Error) ? null : <p>{error.message}</p>}
      </EmptyStateBody>
      <EmptyStateFooter>
        <Button onClick={() => window.location.reload()}>{common.reload}</Button>
      </EmptyStateFooter>
    </EmptyState>
  );
}
