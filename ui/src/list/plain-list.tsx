/** A short list that the API gives whole: no search, no pages; the same four states. */
import type { ReactNode } from 'react';
import type { CallFailed } from '../data/api.ts';
import { FailureState } from '../states/failure-state.tsx';
import { Stale } from '../states/stale.tsx';
import type { Column } from './columns.ts';
import { Rows } from './rows.tsx';

export interface PlainListProps<Item> {
  label: string;
  columns: readonly Column<Item>[];
  idOf: (item: Item) => string;
  read: {
    data: readonly Item[] | undefined;
    error: CallFailed | null;
    dataUpdatedAt: number;
    refetch: () => Promise<unknown>;
  };
  empty: ReactNode;
}

/** It is not sorted by a click: the API's order is its meaning. */
const unsorted = { sort: null, set: () => {} };

export function PlainList<Item>({ label, columns, idOf, read, empty }: PlainListProps<Item>) {
  const { data, error } = read;
  if (error && data === undefined) return <FailureState failure={error.failure} again={() => void read.refetch()} />;
  if (data?.length === 0) return <>{empty}</>;
  return (
    <>
      <Stale read={read} />
      <Rows label={label} columns={columns} idOf={idOf} state={unsorted} items={data} isOld={false} />
    </>
  );
}
