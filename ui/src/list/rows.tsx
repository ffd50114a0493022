/** The table of a list; while it loads, rows of the same height. On a phone a row is a card. */
import { Checkbox, Skeleton } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, type ThProps, Tr } from '@patternfly/react-table';
import { useId } from 'react';
import { common } from '../texts/common.ts';
import type { Column } from './columns.ts';
import type { ListState } from './list-state.ts';
import type { Selection } from './selection.ts';

/** How they are sorted, and what changes it. */
export type RowsState = Pick<ListState, 'sort' | 'set'>;

export interface RowsProps<Item> {
  label: string;
  columns: readonly Column<Item>[];
  idOf: (item: Item) => string;
  state: RowsState;
  /** Undefined: not yet here. */
  items: readonly Item[] | undefined;
  /** They are of the page or filter before: those that were asked for are under way. */
  isOld: boolean;
  selection?: Selection<Item>;
}

const skeletonRows = 8;

const keyOfSort = (sort: string | null): string | null => sort?.replace(/^-/, '') ?? null;

/** The header's sorting, in the words of the address. */
function sortOf<Item>(columns: readonly Column<Item>[], index: number, { sort, set }: RowsState): ThProps['sort'] {
  const own = columns[index]?.sort;
  if (own === undefined) return undefined;
  const active = columns.findIndex((column) => column.sort !== undefined && column.sort === keyOfSort(sort));
  return {
    sortBy: active === -1 ? {} : { index: active, direction: sort?.startsWith('-') ? 'desc' : 'asc' },
    columnIndex: index,
    onSort: (_, __, direction) => set({ sort: direction === 'desc' ? `-${own}` : own }),
  };
}

export function Rows<Item>({ label, columns, idOf, state, items, isOld, selection }: RowsProps<Item>) {
  const ids = useId();
  const entries = (items ?? []).map((item) => [idOf(item), item] as const);
  const isAll = entries.length > 0 && entries.every(([id]) => selection?.chosen.has(id));
  return (
    <Table
      aria-label={label}
      aria-busy={items === undefined || isOld}
      variant="compact"
      gridBreakPoint="grid-md"
      className="tenantry-rows"
    >
      <Thead>
        <Tr>
          {selection ? (
            <Th aria-label={common.choice}>
              <Checkbox
                id={`${ids}all`}
                aria-label={common.chooseAll}
                isChecked={isAll}
                isDisabled={entries.length === 0}
                onChange={(_, isChosen) => selection.choose(entries, isChosen)}
              />
            </Th>
          ) : null}
          {columns.map((column, index) => {
            const sort = sortOf(columns, index, state);
            return (
              <Th
                key={column.key}
                modifier="wrap"
                {...(column.isForeign ? { className: 'tenantry-foreign' } : {})}
                {...(sort ? { sort } : {})}
              >
                {column.label}
              </Th>
            );
          })}
        </Tr>
      </Thead>
      <Tbody>
        {items === undefined
          ? Array.from({ length: skeletonRows }, (_, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they are nothing but their place
              <Tr key={row}>
                {selection ? <Td /> : null}
                {columns.map(({ key, label: name }) => (
                  <Td key={key} dataLabel={name}>
                    <Skeleton {...(row === 0 ? { screenreaderText: common.loading } : {})} />
                  </Td>
                ))}
              </Tr>
            ))
          : entries.map(([id, item]) => (
              <Tr key={id} className={isOld ? 'tenantry-old' : ''}>
                {selection ? (
                  <Td dataLabel={common.choice}>
                    <Checkbox
                      id={ids + id}
                      aria-label={selection.labelOf(item)}
                      isChecked={selection.chosen.has(id)}
                      onChange={(_, isChosen) => selection.choose([[id, item]], isChosen)}
                    />
                  </Td>
                ) : null}
                {columns.map(({ key, label: name, cell, whole }) => (
                  <Td key={key} dataLabel={name} modifier={whole ? 'nowrap' : 'breakWord'}>
                    {cell(item)}
                  </Td>
                ))}
              </Tr>
            ))}
      </Tbody>
    </Table>
  );
}
