/**
 * What is wrong with a page by its numbers: it shows none of those that the API gives, or nothing was there to be looked for, so
 * that nobody knows. Owns which pages may be so, each with the reason. Pure.
 */
import type { Sight } from './look.ts';

/** Pages that take something from who looks, and show none of what they read. */
const forms: readonly string[] = ['/organisation/export'];

/** Pages whose answers have no number on the demo that could be known again, and why. */
export const withoutNumbers: Readonly<Record<string, string>> = {
  '/admin/queues/causes': 'counts of failed runs, which stand on any page by chance',
  '/admin/queues/history': 'counts of runs, drawn as a chart',
  '/billing': 'its customer has neither a cap nor credit',
  '/account/statements': 'a form: it reads a file',
  '/licence': 'days and names',
  '/organisation/keys': 'nobody of the demo has made one',
  '/console/corrections': 'nobody of the demo has made one',
  '/console/holds': 'no line of the demo is held',
  '/console/billing-brake': 'settings, of which the demo has none',
  '/console/catalogue/change': 'a form',
  '/console/outbox': 'all that was to be sent has been',
  '/console/webhooks/:eventId': 'an event as Stripe has written it',
  '/console/drift': 'nothing differs',
};

/** The faults of a page of that path, with what its numbers say. */
export function faultsOf(path: string, { numbers, faults }: Sight): string[] {
  if (numbers.of === 0) return path in withoutNumbers ? faults : [...faults, 'has no number that could be looked for'];
  const showsNone = numbers.shown === 0 && !forms.includes(path);
  return showsNone ? [...faults, 'shows no number of those that the API gives'] : faults;
}
