/** A filter among a list's tools: what is chosen stands in the address, under the filter's name. */
import { ToolbarItem } from '@patternfly/react-core';
import { FilterSelect, type FilterSelectProps } from './filter-select.tsx';
import type { ListState } from './list-state.ts';

export interface ListFilterProps extends Omit<FilterSelectProps, 'onChange'> {
  list: Pick<ListState, 'set'>;
  /** Its name in the address. */
  name: string;
}

export function ListFilter({ list, name, ...rest }: ListFilterProps) {
  return (
    <ToolbarItem>
      <FilterSelect {...rest} onChange={(chosen) => list.set({ [name]: chosen })} />
    </ToolbarItem>
  );
}
