/** `npm run journey`, and the short form of `npm run figures -- half-year`. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { liveHalfYear } from '../../bench/support/life/half-year.ts';
import { live } from '../../bench/support/life/journey.ts';
import { differenceOf, endOf, type Told } from '../../bench/support/life/tell.ts';
import { consoleCommands, differenceOf as differenceOfDocument } from '../harness/docs-commands.ts';

const readme = join(import.meta.dirname, '../../README.md');

it('from signup to the end, Stripe, state, licence, stack and mails are at each step as they are told', async () => {
  const said: string[] = [];
  await live((line) => said.push(line));
  expect(said.filter((line) => /^\d/.test(line))).toHaveLength(11);
  expect(said.filter((line) => line.includes('  mail  '))).toHaveLength(7);
  const [shown] = consoleCommands(readme).filter(({ command }) => command === 'npm run -s journey');
  expect(differenceOfDocument(shown?.shown ?? [], said)).toBeNull();
});

it('a step that is not as told is said with what is seen', () => {
  const told: Told = { stripe: 'active', state: 'active', licence: 'valid', stack: 'ready', mails: ['Welcome'] };
  expect(differenceOf(told, { ...told, mails: ['Welcome: it has begun'] })).toBeNull();
  expect(differenceOf(told, { ...told, stack: 'suspended' })).toBe('stack is "suspended", not "ready"');
  expect(differenceOf(told, { ...told, mails: [] })).toBe('mails are [], not ["Welcome"]');
  expect(differenceOf(told, { ...told, mails: ['Welcome', 'Your trial'] })).toContain('Your trial');
});

it('a journey of more than a minute is said to be too long, with its seconds', () => {
  expect(endOf(34_400)).toEqual({ isInTime: true, line: 'as told, in 34.4 s' });
  expect(endOf(60_000)).toMatchObject({ isInTime: true });
  expect(endOf(60_100)).toEqual({
    isInTime: false,
    line: 'as told, but in 60.1 s: at most 60 s are promised',
  });
});

it('customers who buy, change, cancel and do not pay are the same here and at Stripe after every day', async () => {
  const lived = await liveHalfYear({ customers: 8, days: 20, seed: 1, pace: 5 });
  expect(lived.problems).toEqual([]);
  expect(lived.deeds).toMatchObject({ join: 8 });
  expect(lived.outage_days).toBeGreaterThan(0);
});
