/** A part of a page that is one read: it loads, has failed, is old, or is shown. */
import type { ReactNode } from 'react';
import type { CallFailed } from '../data/api.ts';
import { FailureState } from './failure-state.tsx';
import { LinesLoading } from './loading.tsx';
import { Stale } from './stale.tsx';

/** What a part needs of a read (useRead). */
export interface PartRead<Answer> {
  data: Answer | undefined;
  error: CallFailed | null;
  dataUpdatedAt: number;
  refetch: () => Promise<unknown>;
}

export interface ReadPartProps<Answer> {
  read: PartRead<Answer>;
  /** What stands there until the answer comes, of its size; some lines where it says nothing else. */
  loading?: ReactNode;
  children: (answer: Answer) => ReactNode;
}

export function ReadPart<Answer>({ read, loading = <LinesLoading />, children }: ReadPartProps<Answer>) {
  const { data, error } = read;
  if (data === undefined) {
    return error ? <FailureState failure={error.failure} again={() => void read.refetch()} /> : loading;
  }
  return (
    <>
      <Stale read={read} />
      {children(data)}
    </>
  );
}
