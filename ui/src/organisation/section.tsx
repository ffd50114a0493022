/** A table with its heading, of numbers that a page has already. */
import { Content, StackItem } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import type { Column } from '../list/columns.ts';
import { PlainList } from '../list/plain-list.tsx';
import { wholeRead } from '../list/whole-read.ts';

export interface SectionProps<Item> {
  title: string;
  columns: readonly Column<Item>[];
  idOf: (item: Item) => string;
  items: readonly Item[];
  empty: ReactNode;
}

export function Section<Item>({ title, items, ...rest }: SectionProps<Item>) {
  return (
    <StackItem>
      <Content component="h2">{title}</Content>
      <PlainList {...rest} label={title} read={wholeRead(items)} />
    </StackItem>
  );
}
