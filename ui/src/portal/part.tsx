/** A part of a page with a title of its own, and what stands in it while its read is under way or has failed. */
import { Card, CardBody, CardTitle, Stack, StackItem } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import type { CallFailed } from '../data/api.ts';
import { FailureState } from '../states/failure-state.tsx';
import { LineLoading } from '../states/loading.tsx';
import { Stale } from '../states/stale.tsx';

export interface PartRead<T> {
  data: T | undefined;
  error: CallFailed | null;
  dataUpdatedAt: number;
  refetch: () => Promise<unknown>;
}

export interface PartProps<T> {
  title: string;
  read: PartRead<T>;
  /** How many lines of text it will have: it keeps their room. */
  lines: number;
  children: (data: T) => ReactNode;
}

function Body<T>({ read, lines, children }: Omit<PartProps<T>, 'title'>) {
  const { data, error, refetch } = read;
  if (data === undefined && error) return <FailureState failure={error.failure} again={() => void refetch()} />;
  if (data === undefined)
    return (
      <Stack hasGutter>
        {Array.from({ length: lines }, (_, line) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they are nothing but their place
          <StackItem key={line}>
            <LineLoading />
          </StackItem>
        ))}
      </Stack>
    );
  return (
    <>
      <Stale read={read} />
      {children(data)}
    </>
  );
}

export function Part<T>({ title, ...rest }: PartProps<T>) {
  return (
    <Card isFullHeight>
      <CardTitle component="h2">{title}</CardTitle>
      <CardBody>
        <Body {...rest} />
      </CardBody>
    </Card>
  );
}
