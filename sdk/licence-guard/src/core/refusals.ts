/** What is said to whoever is refused: the body of the 403. Pure. Its words are for people; programs read `details`. */
import type { Standing } from './standing.ts';
import { unlicensedDays } from './unlicensed.ts';

/** The body of a refusal, answered with status 403. */
export interface Refusal {
  error: string;
  message: string;
  details: Record<string, string | number>;
}

/** `maxAlertRules` and a prefix → `AlertRules`; a name without the prefix as it is. */
const bare = (name: string, prefix: RegExp): string => name.replace(prefix, '');
/** `AlertRules` → `alert rules`. */
const wordsOf = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .trim()
    .toLowerCase();
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const singular = (words: string): string => words.replace(/ies$/, 'y').replace(/s$/, '');
const counted = (count: number, words: string): string => `${count} ${count === 1 ? singular(words) : words}`;

/** The standing's own details: why there is no licence, where there is none. */
const reasonOf = ({ mode, code }: Standing): Record<string, string> => (mode === 'unlicensed' ? { licence: code } : {});

const daysAreOver = `The ${unlicensedDays} days without a valid licence are over.`;

/** The refusal of one more of what a limit counts. @param over the days without a licence have ended */
export function limitRefusal(standing: Standing, name: string, limit: number, current: number, over: boolean): Refusal {
  const counts = bare(name, /^max(?=[A-Z])/);
  const words = wordsOf(counts);
  const have = `You currently have ${counted(current, name === 'maxDevices' ? `active ${words}` : words)}.`;
  const allows = `allows a maximum of ${counted(limit, words)}.`;
  const message = {
    licensed: `Your ${standing.plan} plan ${allows} ${have} Please upgrade your plan to add more ${words}.`,
    unlicensed: `Without a valid licence this instance ${allows} ${have} A valid licence is needed to add more ${words}.`,
    over: `${daysAreOver} A valid licence is needed to add ${words}.`,
  };
  return {
    error: `${capital(singular(words))} limit exceeded`,
    message: message[over ? 'over' : standing.mode],
    details: { [`current${capital(counts)}`]: current, [name]: limit, plan: standing.plan, ...reasonOf(standing) },
  };
}

/** The refusal of a feature. */
export function featureRefusal(standing: Standing, name: string, over: boolean): Refusal {
  const words = `"${wordsOf(bare(name, /^(?:can|has)(?=[A-Z])/))}"`;
  const message = {
    licensed: `Your ${standing.plan} plan does not include ${words}. Please upgrade your plan to use it.`,
    unlicensed: `Without a valid licence this instance does not include ${words}.`,
    over: `${daysAreOver} A valid licence is needed for ${words}.`,
  };
  return {
    error: 'Feature not available',
    message: message[over ? 'over' : standing.mode],
    details: { feature: name, plan: standing.plan, ...reasonOf(standing) },
  };
}
