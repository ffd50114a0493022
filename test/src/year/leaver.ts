/**
 * Somebody who leaves in the middle of a run, and of whom it is found later that more was used, and then that it was less: so that every
 * run, however short, has a difference that is invoiced after the end, and one that is given back.
 */
import { type Person, timesOf } from '../../../bench/support/year/person.ts';
import type { Raw } from '../../../bench/support/year/rating.ts';
import type { Actor, Standing } from './deeds.ts';
import type { Stage } from './stage.ts';

/** Above what is written off, and below what waits for approval. */
const worthCents = 200;
/** In steps that are small beside that: what is included has to be used up first. */
const step = 1.05;
const stepsMax = 400;

/** @param from the day on which somebody leaves @returns what happens on a day: whether anything did */
export function leaver({ known, problem }: Stage, { act, can, putRight }: Actor, from: number) {
  let gone: Person | null = null;
  let found: { end: number; isInvoiced: boolean } | null = null;

  async function leave(rows: ReadonlyMap<string, Standing>): Promise<boolean> {
    const person = [...known.values()].find((one) => can(one, rows.get(one.customerId), 'cancel at once'));
    if (!person) return false;
    await act(person, 'cancel at once');
    gone = person;
    return true;
  }

  /** The last hour that stands, with so much more in it that it is worth an invoice. */
  function moreOf({ account, touched }: Person): { end: number; raw: Raw } | null {
    const period = account?.period;
    if (!account || !period || !account.isBilled(period)) return null;
    const end = [...account.windows.keys()].findLast(
      (one) => period.start < one && one <= period.end && !touched.has(one),
    );
    const raw = end === undefined ? undefined : account.windows.get(end);
    if (end === undefined || raw === undefined) return null;
    for (let n = 1, more = raw; n <= stepsMax; n++, more = timesOf(raw, step ** n)) {
      account.windows.set(end, more);
      const isWorth = account.changed() >= worthCents;
      account.windows.set(end, raw);
      if (isWorth) return { end, raw: more };
    }
    problem('the leaver', 'nothing is worth an invoice');
    return null;
  }

  return async (day: number, rows: ReadonlyMap<string, Standing>): Promise<boolean> => {
    if (day < from) return false;
    if (gone === null) return await leave(rows);
    if (found === null) {
      const more = moreOf(gone);
      if (more === null) return false;
      await putRight(gone, 'replace', more);
      found = { end: more.end, isInvoiced: false };
      return true;
    }
    // What is said of it is invoiced.
    if (found.isInvoiced || gone.account?.changed() !== 0) return false;
    await putRight(gone, 'void', { end: found.end, raw: {} });
    found.isInvoiced = true;
    return true;
  };
}
