/** Which plan somebody looks at, kept in the address: `?to=professional&interval=year`. */
import { useSearchParams } from 'react-router';
import { planSlug } from '../../../src/contracts/plans.ts';

export type Interval = 'month' | 'year';

export interface Wanted {
  plan: string;
  interval: Interval;
}

export interface WantedPlan {
  /** Null: none. */
  wanted: Wanted | null;
  /** The address with that plan, beside what stands there. */
  linkTo: (wanted: Wanted) => string;
  leave: () => void;
}

export function useWantedPlan(): WantedPlan {
  const [query, setQuery] = useSearchParams();
  const plan = planSlug.safeParse(query.get('to')).data;
  const interval = query.get('interval') === 'year' ? 'year' : 'month';
  return {
    wanted: plan === undefined ? null : { plan, interval },
    linkTo: (next) => {
      const after = new URLSearchParams(query);
      after.set('to', next.plan);
      after.set('interval', next.interval);
      return `?${after}`;
    },
    leave: () =>
      setQuery((before) => {
        const after = new URLSearchParams(before);
        after.delete('to');
        after.delete('interval');
        return after;
      }),
  };
}
