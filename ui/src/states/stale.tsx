/** Says that what is shown is old, because asking again failed. */
import { Alert, AlertActionLink } from '@patternfly/react-core';
import { common } from '../texts/common.ts';
import { utcText } from '../time/time-text.ts';

export interface StaleProps {
  /** A read (useRead) that has data and whose last attempt failed is stale. */
  read: {
    data: unknown;
    error: { message: string } | null;
    dataUpdatedAt: number;
    refetch: () => Promise<unknown>;
  };
}

/** Nothing, while the read is up to date. */
export function Stale({ read }: StaleProps) {
  if (read.error === null || read.data === undefined) return null;
  return (
    <div role="status">
      <Alert
        isInline
        variant="warning"
        title={common.stale(common.utc(utcText(read.dataUpdatedAt)))}
        actionLinks={<AlertActionLink onClick={() => void read.refetch()}>{common.tryAgain}</AlertActionLink>}
      >
        {read.error.message}
      </Alert>
    </div>
  );
}
