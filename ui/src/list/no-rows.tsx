/** A list without rows: nothing matches, or there is nothing yet. */
import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from '@patternfly/react-core';
import SearchIcon from '@patternfly/react-icons/dist/esm/icons/search-icon';
import type { ReactNode } from 'react';
import { common } from '../texts/common.ts';

export interface NoRowsProps {
  isFiltered: boolean;
  clear: () => void;
  empty: ReactNode;
}

export function NoRows({ isFiltered, clear, empty }: NoRowsProps) {
  if (!isFiltered) return <>{empty}</>;
  return (
    <EmptyState headingLevel="h2" icon={SearchIcon} titleText={common.noMatch} variant="sm">
      <EmptyStateBody>{common.noMatchHint}</EmptyStateBody>
      <EmptyStateFooter>
        <EmptyStateActions>
          <Button variant="link" onClick={clear}>
            {common.clearFilters}
          </Button>
        </EmptyStateActions>
      </EmptyStateFooter>
    </EmptyState>
  );
}

/** A list that has nothing yet, and what to do about it. */
/** @param heading `h1` where the page has no other title */
export function NothingYet({
  title,
  heading = 'h2',
  children,
}: {
  title: string;
  heading?: 'h1' | 'h2';
  children: ReactNode;
}) {
  return (
    <EmptyState headingLevel={heading} titleText={title} variant="sm">
      <EmptyStateBody>{children}</EmptyStateBody>
    </EmptyState>
  );
}
