/**
 * The form of plans.yaml as it is written: closed, so that a misspelt word is an error. Every scalar is read as its text, so
 * that a decimal stays what was written. What the words mean is plans-file.ts'. Pure.
 */
import { z } from 'zod';
import { planSlug, planVersionName } from '../contracts/plans.ts';
import { isOneLine } from '../lib/text.ts';
import { ownMetersSection } from './own-meters-schema.ts';

const word = z.string().regex(/^[a-zA-Z][a-zA-Z0-9_]{0,63}$/, 'must be a word of letters, digits and _, at most 64');
const decimal = z.string().regex(/^\d{1,12}(\.\d{1,12})?$/, {
  error: 'must be a decimal of at most 12 digits before and after the point, not negative',
  abort: true,
});
/** Dollars of a fee or of a price. With what intake takes of a quantity it keeps amounts below 2^53 cents. */
const dollarsMax = 1_000_000;
const dollars = decimal.refine((text) => Number(text) <= dollarsMax, `must be at most ${dollarsMax} dollars`);
const whole = z.string().regex(/^\d{1,9}$/, { error: 'must be a whole number, not negative', abort: true });
const flag = z.enum(['true', 'false']);
const amount = z.string().regex(/^[1-9][0-9]*(\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/, 'must be a Kubernetes quantity');
const span = z.string().regex(/^\d{1,5}[smhd]$/, 'must be a time such as 30s or 15d');
const label = z.string().min(1).max(60).refine(isOneLine, 'must be one line');
/** Of JOB_TIMEOUT_MS, which is an hour at most. */
const factor = z.string().regex(/^([1-9]|1[0-2])$/, 'must be a whole number from 1 to 12');

const tier = z.strictObject({ from: decimal, to: decimal.optional(), price: dollars });
const tiers = z.array(tier).min(1).max(20);
const per = z.string().min(1).max(60);
const price = z.union(
  [
    z.strictObject({ per, price: dollars }),
    z.strictObject({ flat: dollars }),
    z.strictObject({ per, package: decimal, price: dollars }),
    z.strictObject({ per, graduated: tiers }),
    z.strictObject({ per, volume: tiers }),
  ],
  'must be a price: {per, price}, {per, package, price}, {per, graduated}, {per, volume} or {flat}',
);
export type WrittenPrice = z.infer<typeof price>;

const allowance = z.union(
  [z.literal('unlimited'), z.strictObject({ per_hour: decimal }), z.strictObject({ per_period: decimal })],
  'must be unlimited, {per_hour: …} or {per_period: …}',
);
export type WrittenAllowance = z.infer<typeof allowance>;

const entitlements = z.record(
  word,
  z.union(
    [flag, z.literal('null'), whole],
    'must be true, false, null (unlimited) or a whole number of at most 9 digits',
  ),
);

const quota = z.strictObject({
  cpu: amount,
  memory: amount,
  ephemeralStorage: amount,
  storage: amount,
  containerMax: z.strictObject({ cpu: amount, memory: amount, 'ephemeral-storage': amount }),
  claimMax: amount,
});

const plan = z.strictObject({
  name: label,
  version: planVersionName.optional(),
  state: z.enum(['sold', 'draft']).default('sold'),
  order: whole,
  fee: dollars,
  interval: z.enum(['month', 'year']).default('month'),
  /** Of who pays by the year; usage is by the month all the same. */
  annual_fee: dollars.optional(),
  list: word,
  open: flag.default('false'),
  features: entitlements,
  limits: entitlements,
  monitoring: z.strictObject({
    dedicated: flag,
    scrapeInterval: span,
    retention: span,
    storageSize: amount,
    grafana: flag,
  }),
  allowances: z.record(word, allowance),
  chart: z.strictObject({ timeout_factor: factor, quota }),
});
export type WrittenPlan = z.infer<typeof plan>;

export const plansFile = z.strictObject({
  currency: z.string().regex(/^[a-z]{3}$/, 'must be a currency such as usd'),
  version: planVersionName,
  meters: ownMetersSection.optional(),
  lists: z.record(word, z.record(word, price)),
  trial: z.strictObject({ features: entitlements, limits: entitlements }),
  plans: z.record(planSlug, plan),
});
export type WrittenPlans = z.infer<typeof plansFile>;
