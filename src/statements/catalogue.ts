/**
 * The plan versions that a bill needs, as a statement carries them: what rating reads of them and nothing else. Features, other
 * plans and the comments of plans.yaml are not the customer's. Pure.
 */
import { z } from 'zod';
import { ownFields } from '../contracts/own-meters.ts';
import { parseJson } from '../lib/json.ts';
import { sha256Hex } from '../lib/keys.ts';
import type { Period } from '../periods/period.ts';
import { faultOf, type Price } from '../pricing/price.ts';
import type { PlanStretch } from '../pricing/segments.ts';
import type { RatedPlan } from '../pricing/stretch.ts';

const decimal = z.string().regex(/^\d{1,30}(\.\d{1,60})?$/, 'must be a decimal');
const tiers = z.array(z.strictObject({ from: decimal, to: decimal.nullable(), unitPrice: decimal })).min(1);

const price = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('per_unit'), unitPrice: decimal }),
    z.strictObject({ kind: z.literal('flat'), amount: decimal }),
    z.strictObject({ kind: z.literal('package'), size: decimal, packagePrice: decimal }),
    z.strictObject({ kind: z.literal('graduated'), tiers }),
    z.strictObject({ kind: z.literal('volume'), tiers }),
  ])
  .refine((read) => faultOf(read as Price) === null, 'is no price that can be rated');

const ownMeter = z.strictObject({
  meter: z.string(),
  field: z.enum(ownFields),
  description: z.string(),
  unit: z.string(),
  baseUnits: z.number().positive(),
  perMonth: z.boolean(),
  addsUp: z.enum(['sum', 'level']),
  allowance: z.string(),
});

const plan = z.strictObject({
  plan: z.string(),
  version: z.string(),
  name: z.string(),
  fee: decimal,
  interval: z.enum(['month', 'year']),
  allowances: z.record(
    z.string(),
    z.union([z.literal('unlimited'), z.strictObject({ perHour: decimal }), z.strictObject({ perPeriod: decimal })]),
  ),
  prices: z.record(z.string(), price),
  ownMeters: z.record(z.string(), ownMeter),
});
const statedCatalogue = z.strictObject({ plans: z.array(plan).min(1) });

export interface StatedCatalogue {
  version: string;
  sha256: string;
  text: string;
}

const nameOf = ({ plan: slug, version }: Pick<RatedPlan, 'plan' | 'version'>): string => `${slug}/${version}`;

/** What of a plan version rating reads. */
const ratedOf = ({
  plan: slug,
  version,
  name,
  fee,
  interval,
  allowances,
  prices,
  ownMeters,
}: RatedPlan): RatedPlan => ({
  plan: slug,
  version,
  name,
  fee,
  interval,
  allowances,
  prices,
  ownMeters,
});

/** The catalogue of a statement: the versions in the order in which the bill meets them, each once. */
export async function stateCatalogue(plans: readonly RatedPlan[]): Promise<StatedCatalogue> {
  const versions = new Map(plans.map((one) => [nameOf(one), ratedOf(one)]));
  const text = JSON.stringify({ plans: [...versions.values()] });
  return { version: [...versions.keys()].join(', '), sha256: await sha256Hex(text), text };
}

/** The plan versions of a catalogue's text by `plan/version`; where it is none, the place and what is wrong there. */
export function readCatalogue(text: string): Map<string, RatedPlan> | string {
  const read = statedCatalogue.safeParse(parseJson(text));
  if (read.success) return new Map((read.data.plans as RatedPlan[]).map((one) => [nameOf(one), one]));
  const [issue] = read.error.issues;
  return `${issue?.path.map(String).join('.') || 'the text'}: ${issue?.message ?? 'is not readable'}`;
}

/** The stretches of a period with their plans; the name of a version that the catalogue has not. */
export function withPlans(
  stretches: readonly PlanStretch[],
  versions: ReadonlyMap<string, RatedPlan>,
): (Period & { plan: RatedPlan; overrides: PlanStretch['overrides'] })[] | string {
  const missing = stretches.find((s) => !versions.has(nameOf({ plan: s.plan, version: s.planVersion })));
  if (missing) return nameOf({ plan: missing.plan, version: missing.planVersion });
  return stretches.map(({ start, end, plan: slug, planVersion, overrides }) => ({
    start,
    end,
    overrides,
    plan: versions.get(nameOf({ plan: slug, version: planVersion })) as RatedPlan,
  }));
}
