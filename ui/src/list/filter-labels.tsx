/** Filters of a list that a link has set, and that no field shows: said in words, and taken away. */
import { Label, LabelGroup, ToolbarItem } from '@patternfly/react-core';
import { common } from '../texts/common.ts';
import type { ListState } from './list-state.ts';

export interface FilterLabelsProps {
  list: Pick<ListState, 'filters' | 'set'>;
  /** The filter's name in the address with its words. */
  labels: Readonly<Record<string, (value: string) => string>>;
}

/** Nothing, where none of them is set. */
export function FilterLabels({ list, labels }: FilterLabelsProps) {
  const said = Object.entries(labels).flatMap(([name, wordsOf]) => {
    const value = list.filters[name];
    return value === undefined ? [] : [{ name, text: wordsOf(value) }];
  });
  if (said.length === 0) return null;
  return (
    <ToolbarItem>
      <LabelGroup>
        {said.map(({ name, text }) => (
          <Label key={name} onClose={() => list.set({ [name]: null })} closeBtnAriaLabel={common.takeFilter(text)}>
            {text}
          </Label>
        ))}
      </LabelGroup>
    </ToolbarItem>
  );
}
