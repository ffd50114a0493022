/** A list's search: asked for when the typing pauses, so that a word costs one question and not one a letter. */
import { SearchInput } from '@patternfly/react-core';
import { useEffect, useState } from 'react';
import { common } from '../texts/common.ts';

const pauseMs = 300;

export interface SearchBoxProps {
  label: string;
  value: string;
  onSearch: (q: string) => void;
}

export function SearchBox({ label, value, onSearch }: SearchBoxProps) {
  const [typed, setTyped] = useState(value);
  // What the address says wins: the back button, "clear all".
  useEffect(() => setTyped(value), [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing starts the pause
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onSearch(typed), pauseMs);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <SearchInput
      aria-label={label}
      placeholder={label}
      value={typed}
      resetButtonLabel={common.clear}
      onChange={(_, next) => setTyped(next)}
      onSearch={() => onSearch(typed)}
      onClear={() => {
        setTyped('');
        onSearch('');
      }}
    />
  );
}
