/**
 * A list of things: search, filters, columns, sort, pages, and what stands there while it loads, when it is empty and when
 * it cannot be had. Knows no domain: a page gives it columns and the read.
 */
import { Pagination, Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import type { CallFailed } from '../data/api.ts';
import { FailureState } from '../states/failure-state.tsx';
import { Stale } from '../states/stale.tsx';
import { ColumnMenu } from './column-menu.tsx';
import { type Column, useColumns } from './columns.ts';
import type { ListState } from './list-state.ts';
import { NoRows } from './no-rows.tsx';
import { Rows } from './rows.tsx';
import { SearchBox } from './search-box.tsx';
import type { Selection } from './selection.ts';

/** What the list needs of a read (useRead) of the API's one shape of lists. */
export interface ListRead<Item> {
  data: { items: Item[]; total: number } | undefined;
  error: CallFailed | null;
  isPlaceholderData: boolean;
  dataUpdatedAt: number;
  refetch: () => Promise<unknown>;
}

export interface ListProps<Item> {
  /** Its name in the browser's memory. */
  name: string;
  /** What screen readers call the table. */
  label: string;
  columns: readonly Column<Item>[];
  idOf: (item: Item) => string;
  state: ListState;
  read: ListRead<Item>;
  /** What the search looks in; absent: there is none. */
  searchLabel?: string;
  filters?: ReactNode;
  actions?: ReactNode;
  /** Rows can be chosen, for what is done with several. */
  selection?: Selection<Item>;
  /** Shown when there is nothing at all: says what to do. */
  empty: ReactNode;
}

export function List<Item>(props: ListProps<Item>) {
  const { name, label, columns, idOf, state, read, searchLabel, filters, actions, selection, empty } = props;
  const shown = useColumns(name, columns);
  const { data, error } = read;
  const isFiltered = state.q !== '' || Object.keys(state.filters).length > 0;
  const pages = (variant: 'top' | 'bottom') => (
    <Pagination
      variant={variant}
      isCompact={variant === 'top'}
      itemCount={data?.total ?? 0}
      page={state.page}
      perPage={state.limit}
      perPageOptions={state.sizes.map((size) => ({ title: String(size), value: size }))}
      onSetPage={(_, page) => state.set({ page })}
      onPerPageSelect={(_, limit) => state.set({ limit, page: null })}
      titles={{ paginationAriaLabel: `${label}, ${variant}` }}
    />
  );
  return (
    <>
      <Stale read={read} />
      <Toolbar>
        <ToolbarContent>
          {searchLabel === undefined ? null : (
            <ToolbarItem>
              <SearchBox label={searchLabel} value={state.q} onSearch={(q) => state.set({ q })} />
            </ToolbarItem>
          )}
          {filters}
          <ToolbarItem>
            <ColumnMenu columns={columns} shown={shown} />
          </ToolbarItem>
          {actions}
          <ToolbarItem align={{ default: 'alignEnd' }}>{pages('top')}</ToolbarItem>
        </ToolbarContent>
      </Toolbar>
      {error && data === undefined ? (
        <FailureState failure={error.failure} again={() => void read.refetch()} />
      ) : data?.items.length === 0 ? (
        <NoRows isFiltered={isFiltered || state.page > 1} clear={state.clear} empty={empty} />
      ) : (
        <Rows
          label={label}
          columns={shown.shown}
          idOf={idOf}
          state={state}
          items={data?.items}
          isOld={read.isPlaceholderData}
          {...(selection ? { selection } : {})}
        />
      )}
      {data && data.total > state.limit ? pages('bottom') : null}
    </>
  );
}
