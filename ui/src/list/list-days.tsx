/** Two days among a list's tools, from and until; both stand in the address, as `2026-11-26`. */
import { TextInput, ToolbarItem } from '@patternfly/react-core';
import { dayMs } from '../../../src/lib/time.ts';
import type { ListState } from './list-state.ts';

const dayForm = /^\d{4}-\d{2}-\d{2}$/;

const startOf = (day: string | undefined): number =>
  day !== undefined && dayForm.test(day) ? Date.parse(day) : Number.NaN;

/** The days' filters, `from` and `to`, as the API takes them: the last day is in it, whole. What is no day is left out. */
export function timesOf({ from, to }: Readonly<Record<string, string>>): { from?: string; to?: string } {
  const [begin, last] = [startOf(from), startOf(to)];
  return {
    ...(Number.isNaN(begin) ? {} : { from: new Date(begin).toISOString() }),
    ...(Number.isNaN(last) ? {} : { to: new Date(last + dayMs).toISOString() }),
  };
}

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
