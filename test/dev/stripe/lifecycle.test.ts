import { describe, expect, it } from 'vitest';
import { lifecycle } from '../../../dev/stripe/lifecycle.ts';
import { changes } from './lives/changes.ts';
import { dunning } from './lives/dunning.ts';
import { firstPayments } from './lives/first-payments.ts';
import { invoiceLives } from './lives/invoices.ts';
import { money } from './lives/money.ts';
import { pauses } from './lives/pauses.ts';
import { subscriptionLives } from './lives/subscriptions.ts';
import { openWorld } from './world.ts';

const lives = [...subscriptionLives, ...firstPayments, ...dunning, ...pauses, ...changes, ...invoiceLives, ...money];
const walked = new Set<string>();

describe('the lives that Stripe gives its objects', () => {
  it.each(lives)('$name', async ({ live }) => {
    const world = await openWorld();
    try {
      await live(world);
    } finally {
      for (const { kind, from, by, to } of world.moves()) walked.add(`${kind} ${from} ${by} ${to}`);
    }
  });
});

describe('the table of moves', () => {
  it('has at least forty, each with its document', () => {
    expect(lifecycle.length).toBeGreaterThanOrEqual(40);
    for (const { source } of lifecycle) expect(source).toMatch(/^https:\/\/docs\.stripe\.com\//);
  });

  it.each([...lifecycle])('has $object $from → $to by $by, which a life above has made', ({ object, from, by, to }) => {
    expect(walked).toContain(`${object} ${from} ${by} ${to}`);
  });
});
