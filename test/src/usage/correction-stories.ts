/**
 * Random customers with usage that is put right, some windows at a time: what each preview says, what invoices say then, and what a
 * customer is billed whose reporters had said it right from the beginning. Seeded: the same number is the same story.
 */
import { env } from 'cloudflare:workers';
import type { SubscriptionStatus } from '../../../src/contracts/customers.ts';
import type { WholeCustomer } from '../../../src/customers/store.ts';
import { holds } from '../../../src/periods/period.ts';
import type { LineChange } from '../../../src/pricing/bill-change.ts';
import type { Asked } from '../../../src/usage/correction.ts';
import { correctUsage, type NamedCorrection } from '../../../src/workflows/billing/correct-usage.ts';
import { rollUpDays } from '../../../src/workflows/metering/roll-up.ts';
import { makeContext } from '../../harness/worker/context.ts';
import { Draw } from '../../oracle/draw.ts';
import { storeWindows } from '../organisations/harness.ts';
import { billOf, makeCustomer, type Story } from './billed-customer.ts';
import { drawCorrection, drawShape, drawUsage, windowsOf } from './correction-draws.ts';
import { controlOf, shardOf } from './harness.ts';
import { ended, goingOn, type Invoiced } from './invoiced-customer.ts';

/** Sums that are not 0, by name. */
function sumsBy<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  centsOf: (item: T) => number,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const item of items) sums.set(nameOf(item), (sums.get(nameOf(item)) ?? 0) + centsOf(item));
  return new Map([...sums].filter(([, cents]) => cents !== 0));
}
const centsOf = ({ cents }: Invoiced): number => cents;
const textOf = (sums: ReadonlyMap<string, number>): string => JSON.stringify([...sums].sort());

/** What invoices say after less what they said before. */
const movedBetween = (before: readonly Invoiced[], after: readonly Invoiced[]): Invoiced[] => [
  ...after,
  ...before.map((line) => ({ ...line, cents: -line.cents })),
];

/** Whether all that is corrected lies in one period: else a part of it comes on another invoice than its end. */
const isInOne = ({ periods }: Story, { start, end }: Asked): boolean =>
  periods.every((period) => holds(period, start + 1) === holds(period, end));

/** What a correction has said, against what moved on invoices. */
function differencesOf(said: NamedCorrection, moved: readonly Invoiced[], inOne: boolean): string[] {
  const { deltaCents, invoice, lines } = said;
  const total = moved.reduce((sum, { cents }) => sum + cents, 0);
  const byLine = textOf(sumsBy(moved, ({ identity }) => identity, centsOf));
  const change = ({ beforeCents, afterCents }: LineChange) => afterCents - beforeCents;
  const saidByLine = textOf(sumsBy(lines, ({ lineId }) => lineId, change));
  const on = [...sumsBy(moved, ({ name, destination }) => `${destination} ${name}`, centsOf).keys()];
  const elsewhere = on.filter((name) => inOne && name.split(' ')[0] !== invoice);
  return [
    ...(total === deltaCents ? [] : [`said ${deltaCents}, on invoices it moves ${total}`]),
    ...(byLine === saidByLine ? [] : [`said of lines ${saidByLine}, invoices have ${byLine}`]),
    ...(elsewhere.length === 0 ? [] : [`said to come on ${invoice}, it moves ${elsewhere.join(', ')}`]),
  ];
}

/** What invoices say of each line in all, against a bill that is made afresh. */
function differsFrom(bill: ReadonlyMap<string, number>, invoiced: readonly Invoiced[]): string[] {
  const have = textOf(sumsBy(invoiced, ({ name }) => name, centsOf));
  const want = textOf(new Map([...bill].filter(([, cents]) => cents !== 0)));
  return have === want ? [] : [`invoices have ${have} in all, the bill is ${want}`];
}

/**
 * Plays a story: its first month is invoiced, and in some the subscription has ended and the second is, too.
 * @returns how many corrections, those that came on each invoice, and what differed, in words
 */
export async function playStory(
  seed: number,
  corrections: number,
): Promise<{ cases: number; on: Record<string, number>; faults: string[] }> {
  const draw = new Draw(seed);
  const drawn = drawShape(draw);
  const { shape } = drawn;
  const [story, twin] = [await makeCustomer(shape), await makeCustomer(shape)];
  const truth = drawUsage(draw, drawn);
  const shards = [shardOf(env)];
  const isLate = () => draw.chance(0.15);
  const [early = [], late = []] = [...Map.groupBy(windowsOf(truth, story), isLate).entries()]
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, windows]) => windows);
  await storeWindows(early);
  if (draw.chance(0.7)) await rollUpDays(shards, shape.now);
  const status: SubscriptionStatus = draw.chance(0.4) ? 'canceled' : 'active';
  const books = await (status === 'canceled' ? ended : goingOn)(story, shape.now);
  await storeWindows(late);
  const whole = { customer: story.customer, subscription: { status } } as WholeCustomer;
  const faults: string[] = [];
  const on: Record<string, number> = {};
  let cases = 0;
  let before = await books.look(shape.now);
  for (let n = 1; n <= corrections; n++) {
    const now = shape.now + n;
    const context = makeContext({ control: controlOf(env), shards, now });
    const asked = drawCorrection(draw, truth, { ...drawn, story });
    const ask = (isPreview: boolean) => correctUsage(context, { whole, asked, request: `${seed}/${n}`, isPreview });
    const seen = await ask(true);
    const done = await ask(false);
    if (!seen.ok || !done.ok) {
      faults.push(`${seed}/${n}: refused ${JSON.stringify([seen, done, asked])}`);
      continue;
    }
    if (draw.chance(0.2)) await rollUpDays(shards, shape.now);
    const after = await books.look(now);
    const moved = movedBetween(before, after);
    const inOne = isInOne(story, asked);
    const found = [
      ...differencesOf(seen.value.value, moved, inOne).map((what) => `preview: ${what}`),
      ...differencesOf(done.value.value, moved, inOne).map((what) => `answer: ${what}`),
      ...differsFrom(await billOf(story), after),
    ];
    faults.push(...found.map((what) => `${seed}/${n}: ${status}, ${asked.kind}: ${what}`));
    const { invoice } = done.value.value;
    on[`${invoice}`] = (on[`${invoice}`] ?? 0) + 1;
    before = after;
    cases += 1;
  }
  await storeWindows(windowsOf(truth, twin));
  const last = await books.end();
  faults.push(...differsFrom(await billOf(twin), last).map((what) => `${seed}: reported right: ${what}`));
  return { cases, on, faults };
}
