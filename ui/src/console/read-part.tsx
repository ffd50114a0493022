/** A part of a page that is one read: it loads, has failed, is old, or is shown. */
import { Stack, StackItem } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import type { CallFailed } from '../data/api.ts';
import { FailureState } from '../states/failure-state.tsx';
import { LineLoading } from '../states/loading.tsx';
import { Stale } from '../states/stale.tsx';

export interface ReadPartProps<Answer> {
  read: {
    data: Answer | undefined;
    error: CallFailed | null;
    dataUpdatedAt: number;
    refetch: () => Promise<unknown>;
  };
  children: (answer: Answer) => ReactNode;
}

const lines = ['60%', '80%', '40%', '70%'];

export function ReadPart<Answer>({ read, children }: ReadPartProps<Answer>) {
  const { data, error } = read;
  if (data !== undefined) {
    return (
      <>
        <Stale read={read} />
        {children(data)}
      </>
    );
  }
  if (error) return <FailureState failure={error.failure} again={() => void read.refetch()} />;
  return (
    <Stack hasGutter>
      {lines.map((width) => (
        <StackItem key={width}>
          <LineLoading width={width} />
        </StackItem>
      ))}
    </Stack>
  );
}
