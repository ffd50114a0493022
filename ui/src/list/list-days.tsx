/** Two days among a list's tools, from and until; both stand in the address, as `2026-11-26`. */
import { TextInput, ToolbarItem } from '@patternfly/react-core';
import type { ListState } from './list-state.ts';

export interface ListDaysProps {
  list: Pick<ListState, 'filters' | 'set'>;
  labels: Readonly<Record<'from' | 'to', string>>;
}

export function ListDays({ list, labels }: ListDaysProps) {
  return (
    <>
      {(['from', 'to'] as const).map((name) => (
        <ToolbarItem key={name}>
          <TextInput
            type="date"
            aria-label={labels[name]}
            title={labels[name]}
            value={list.filters[name] ?? ''}
            onChange={(_, day) => list.set({ [name]: day })}
          />
        </ToolbarItem>
      ))}
    </>
  );
}
