/**
 * A filter among a list's tools: what is chosen stands in the address, under the filter's name. It is as wide without its options as
 * with them: where they come later than the list and one of them is long, the tools would wrap and push the rows down.
 */
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
    <ToolbarItem className="tenantry-filter">
      <FilterSelect {...rest} onChange={(chosen) => list.set({ [name]: chosen })} />
    </ToolbarItem>
  );
}
