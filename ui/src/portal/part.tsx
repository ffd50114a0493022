/** A part of a page with a title of its own, in a card. */
import { Card, CardBody, CardTitle } from '@patternfly/react-core';
import type { ReactNode } from 'react';
import { LinesLoading } from '../states/loading.tsx';
import { type PartRead, ReadPart } from '../states/read-part.tsx';

export interface PartProps<T> {
  title: string;
  read: PartRead<T>;
  /** How many lines of text it will have: it keeps their room. */
  lines: number;
  children: (data: T) => ReactNode;
}

export function Part<T>({ title, read, lines, children }: PartProps<T>) {
  return (
    <Card isFullHeight>
      <CardTitle component="h2">{title}</CardTitle>
      <CardBody>
        <ReadPart read={read} loading={<LinesLoading count={lines} />}>
          {children}
        </ReadPart>
      </CardBody>
    </Card>
  );
}
