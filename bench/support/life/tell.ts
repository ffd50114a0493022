/** How the journey is told: what happens, then what is seen of it on every side. A step that is not as told ends it. */
import { isDeepStrictEqual } from 'node:util';
import { iso } from '../../../src/lib/time.ts';
import type { Sight } from './customer.ts';

/** A mail is named by the beginning of its subject. */
export type Told = Sight & { mails: readonly string[] };

export class NotAsTold extends Error {
  override name = 'NotAsTold';
}

const sides = ['stripe', 'state', 'licence', 'stack'] as const;
const titles = { stripe: 'Stripe', state: 'state', licence: 'licence', stack: 'stack' };
const width = 10;

const line = (title: string, text: string): string => `${' '.repeat(18)}${title.padEnd(width)}${text}`;

/** `2026-01-05 09:00  Somebody signs up`. */
export const headLine = (at: number, what: string): string => `${iso(at).slice(0, 16).replace('T', ' ')}  ${what}`;

/** What is seen, a line a side; mails only where some have come. */
export const sightLines = (sight: Sight, mails: readonly string[]): string[] => [
  ...sides.map((side) => line(titles[side], sight[side])),
  ...mails.map((subject) => line('mail', subject)),
];

/** Null where it is as told, else what differs. */
export function differenceOf(told: Told, { mails, ...sight }: Told): string | null {
  const differing = sides.filter((side) => told[side] !== sight[side]);
  const said = differing.map((side) => `${titles[side]} is "${sight[side]}", not "${told[side]}"`);
  const begins = mails.map((subject, n) => {
    const wanted = told.mails[n];
    return wanted !== undefined && subject.startsWith(wanted) ? wanted : subject;
  });
  if (!isDeepStrictEqual(begins, [...told.mails])) {
    said.push(`mails are ${JSON.stringify(mails)}, not ${JSON.stringify(told.mails)}`);
  }
  return said.length === 0 ? null : said.join('; ');
}

/** What is promised of the journey, with its platform's start and end. */
const journeyMsMax = 60_000;

/** How it ended that was as told: in time, or with its seconds as what is wrong. */
export function endOf(tookMs: number): { isInTime: boolean; line: string } {
  const seconds = (tookMs / 1000).toFixed(1);
  return tookMs <= journeyMsMax
    ? { isInTime: true, line: `as told, in ${seconds} s` }
    : { isInTime: false, line: `as told, but in ${seconds} s: at most ${journeyMsMax / 1000} s are promised` };
}
