/** What is known of something, as terms and values side by side. */
import {
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
} from '@patternfly/react-core';
import type { ReactNode } from 'react';
import { common } from '../texts/common.ts';

/** Null and '' are shown as a dash. */
export type Fact = readonly [term: string, value: ReactNode];

export interface FactsProps {
  facts: readonly Fact[];
  /** What screen readers call them, where several stand on a page. */
  label?: string;
  /** They have half of the page's width. */
  isHalf?: boolean;
}

export function Facts({ facts, label, isHalf = false }: FactsProps) {
  return (
    <DescriptionList
      columnModifier={isHalf ? { md: '2Col' } : { md: '2Col', xl: '3Col' }}
      {...(label === undefined ? {} : { 'aria-label': label })}
    >
      {facts.map(([term, value]) => (
        <DescriptionListGroup key={term}>
          <DescriptionListTerm>{term}</DescriptionListTerm>
          <DescriptionListDescription className="tenantry-foreign">
            {value === null || value === '' ? common.none : value}
          </DescriptionListDescription>
        </DescriptionListGroup>
      ))}
    </DescriptionList>
  );
}
