/** A list's search: asked for when the typing pauses, so that a word costs one question and not one a letter. */
import { Button, TextInputGroup, TextInputGroupMain, TextInputGroupUtilities } from '@patternfly/react-core';
import SearchIcon from '@patternfly/react-icons/dist/esm/icons/search-icon';
import TimesIcon from '@patternfly/react-icons/dist/esm/icons/times-icon';
import { useEffect, useRef, useState } from 'react';
import { common } from '../texts/common.ts';

const pauseMs = 300;

export interface SearchBoxProps {
  label: string;
  value: string;
  onSearch: (q: string) => void;
}

export function SearchBox({ label, value, onSearch }: SearchBoxProps) {
  const [typed, setTyped] = useState(value);
  // A link that is followed during the pause has another address by its end: the search is asked for in that one.
  const search = useRef(onSearch);
  useEffect(() => {
    search.current = onSearch;
  });
  const asked = useRef(value);
  const ask = (q: string) => {
    asked.current = q;
    search.current(q);
  };
  // What the address says wins (the back button, "clear all"), but for our own question that arrives while more is typed.
  useEffect(() => {
    if (value !== asked.current) setTyped(value);
    asked.current = value;
  }, [value]);
  // What is in the address already is not asked for again: that would take back a link that was followed meanwhile.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing and the address start the pause
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => ask(typed), pauseMs);
    return () => clearTimeout(timer);
  }, [typed, value]);
  const clear = () => {
    setTyped('');
    ask('');
  };
  return (
    <TextInputGroup>
      <TextInputGroupMain
        icon={<SearchIcon />}
        inputProps={{ 'aria-label': label }}
        placeholder={label}
        value={typed}
        onChange={(_, next) => setTyped(next)}
        onKeyDown={({ key }) => {
          if (key === 'Enter') ask(typed);
        }}
      />
      {typed === '' ? null : (
        <TextInputGroupUtilities>
          <Button variant="plain" icon={<TimesIcon />} aria-label={common.clear} onClick={clear} />
        </TextInputGroupUtilities>
      )}
    </TextInputGroup>
  );
}
