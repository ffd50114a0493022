/** The month that a page shows: in the address, and otherwise the API's own, the running one. */
import { useSearchParams } from 'react-router';
import { FilterSelect } from '../list/filter-select.tsx';
import { useListState } from '../list/list-state.ts';
import { organisationTexts } from '../texts/organisation.ts';
import { monthOptions } from './months.ts';
import { useOrganisation } from './organisation.tsx';

const noFilters: readonly string[] = [];

/** What is asked for, of the organisation that is looked at. */
export function useMonthQuery(): { organisation?: string; month?: string } {
  const { query } = useOrganisation();
  const [address] = useSearchParams();
  const month = address.get('month');
  return { ...query, ...(month === null ? {} : { month }) };
}

/** @param shown the month that the API has answered with; undefined until it has */
export function MonthSelect({ shown }: { shown: string | undefined }) {
  const { set } = useListState(noFilters);
  const { month = shown } = useMonthQuery();
  return (
    <FilterSelect
      label={organisationTexts.month}
      value={month}
      options={monthOptions(Date.now(), month ?? null)}
      onChange={(next) => set({ month: next })}
    />
  );
}
