/** A table with its heading, of numbers that a page has already. */
import { Content, StackItem } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import type { Column } from '../list/columns.ts';
import { Rows } from '../list/rows.tsx';

export interface SectionProps<Item> {
  title: string;
  columns: readonly Column<Item>[];
  idOf: (item: Item) => string;
  items: readonly Item[];
  empty: ReactNode;
}

/** The API's order is its meaning. */
const unsorted = { sort: null, set: () => {} };

export function Section<Item>({ title, columns, idOf, items, empty }: SectionProps<Item>) {
  return (
    <StackItem>
      <Content component="h2">{title}</Content>
      {items.length === 0 ? (
        empty
      ) : (
        <Rows label={title} columns={columns} idOf={idOf} state={unsorted} items={items} isOld={false} />
      )}
    </StackItem>
  );
}
