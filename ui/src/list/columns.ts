/** Which columns of a list are shown: chosen by whoever looks, kept in the browser, list by list. */
import { type ReactNode, useState } from 'react';

export interface Column<Item> {
  /** Its name in the browser's memory. */
  key: string;
  label: string;
  cell: (item: Item) => ReactNode;
  /** The API's word for sorting by it; absent: it cannot be. */
  sort?: string;
  /** Not shown until it is chosen. */
  hidden?: true;
  /** Its words are short and our own, and stay whole; others break where a column is narrow. */
  whole?: true;
  /** Its label is a word of others', which may break anywhere where the column is narrow. */
  isForeign?: true;
  /** Cannot be taken away: without it a row is nobody's. */
  always?: true;
}

const keyOfList = (list: string) => `tenantry.columns.${list}`;

/** What was chosen, for each column that somebody has chosen for: a column of a later version is as it says itself. */
function readChosen(list: string): Record<string, boolean> {
  try {
    const kept: unknown = JSON.parse(window.localStorage.getItem(keyOfList(list)) ?? '{}');
    return typeof kept === 'object' && kept !== null ? (kept as Record<string, boolean>) : {};
  } catch {
    return {};
  }
}

export interface ShownColumns<Item> {
  shown: readonly Column<Item>[];
  isShown: (column: Column<Item>) => boolean;
  toggle: (column: Column<Item>) => void;
}

/** @param list the list's name in the browser's memory */
export function useColumns<Item>(list: string, columns: readonly Column<Item>[]): ShownColumns<Item> {
  const [chosen, setChosen] = useState(() => readChosen(list));
  const isShown = ({ key, hidden, always }: Column<Item>) => always === true || (chosen[key] ?? hidden !== true);
  const toggle = (column: Column<Item>) => {
    const next = { ...chosen, [column.key]: !isShown(column) };
    window.localStorage.setItem(keyOfList(list), JSON.stringify(next));
    setChosen(next);
  };
  return { shown: columns.filter(isShown), isShown, toggle };
}
