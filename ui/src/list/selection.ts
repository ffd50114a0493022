/** Rows that somebody has chosen, for what is done with several at once. Kept while other pages of the list are looked at. */
import { useState } from 'react';

export interface Selection<Item> {
  chosen: ReadonlyMap<string, Item>;
  choose: (entries: readonly (readonly [string, Item])[], isChosen: boolean) => void;
  clear: () => void;
  /** What screen readers call a row's box. */
  labelOf: (item: Item) => string;
}

export function useSelection<Item>(labelOf: (item: Item) => string): Selection<Item> {
  const [chosen, setChosen] = useState<ReadonlyMap<string, Item>>(new Map());
  return {
    chosen,
    choose: (entries, isChosen) => {
      const next = new Map(chosen);
      for (const [id, item] of entries) {
        if (isChosen) next.set(id, item);
        else next.delete(id);
      }
      setChosen(next);
    },
    clear: () => setChosen(new Map()),
    labelOf,
  };
}
