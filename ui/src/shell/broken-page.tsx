/**
 * What is shown in the place of a page that threw: a newer build (then it is loaded anew), no network to load its program by
 * (then it is, when there is one again), or a mistake of ours.
 */
import { Button, EmptyState, EmptyStateBody, EmptyStateFooter } from '@patternfly/react-core';
import { useEffect } from 'react';
import { common } from '../texts/common.ts';
import { isChunkError, reloadOnce } from './chunk-error.ts';

const reload = () => window.location.reload();

/** Loaded anew without a network, the window would show the browser's own page in the place of ours. */
function Offline() {
  useEffect(() => {
    window.addEventListener('online', reload);
    return () => window.removeEventListener('online', reload);
  }, []);
  return (
    <EmptyState headingLevel="h1" status="danger" titleText={common.failedTitle.unreachable}>
      <EmptyStateBody>{common.offline}</EmptyStateBody>
    </EmptyState>
  );
}

export function BrokenPage({ error }: { error: unknown }) {
  const isMissing = isChunkError(error);
  return isMissing && !window.navigator.onLine ? <Offline /> : <Broken error={error} isOld={isMissing} />;
}

function Broken({ error, isOld }: { error: unknown; isOld: boolean }) {
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
        <Button onClick={reload}>{common.reload}</Button>
      </EmptyStateFooter>
    </EmptyState>
  );
}
