/** The product's own pricing, as one function from a story to lines; loaded from a folder, so that a changed copy can be. */
import { pathToFileURL } from 'node:url';
import type * as Decimals from '../../src/lib/decimal.ts';
import type * as Rating from '../../src/pricing/rate.ts';
import type * as Segments from '../../src/pricing/segments.ts';
import type * as Stretches from '../../src/pricing/stretch.ts';
import type { Story } from './story.ts';

export type Bill = (story: Story) => Rating.Rated;

/** @param root the folder that holds `src` */
export async function productOf(root: string): Promise<Bill> {
  const load = <T>(file: string) => import(/* @vite-ignore */ pathToFileURL(`${root}/src/${file}`).href) as Promise<T>;
  const { Decimal } = await load<typeof Decimals>('lib/decimal.ts');
  const { rate } = await load<typeof Rating>('pricing/rate.ts');
  const { stretchesOf } = await load<typeof Segments>('pricing/segments.ts');
  const { definitionOf } = await load<typeof Stretches>('pricing/stretch.ts');
  const usageIn = ({ hours }: Story, { start, end }: Segments.PlanStretch, plan: Stretches.RatedPlan) => {
    const usage: Record<string, InstanceType<typeof Decimal>> = {};
    const inside = hours.filter((hour) => start < hour.end && hour.end <= end);
    for (const [meter, base] of inside.flatMap((hour) => Object.entries(hour.usage))) {
      const before = usage[meter] ?? new Decimal(0);
      const isLevel = definitionOf(plan, meter)?.addsUp === 'level';
      usage[meter] = isLevel ? Decimal.max(before, base.toString()) : before.plus(base.toString());
    }
    return usage;
  };
  return (story) => {
    const stretches = stretchesOf(story.period, story.changes, story.rows).map((cut): Stretches.Stretch => {
      const plan = story.plans.find((one) => one.plan === cut.plan && one.version === cut.planVersion);
      if (!plan) throw new Error(`there is no ${cut.plan} ${cut.planVersion}`);
      return { start: cut.start, end: cut.end, plan, overrides: cut.overrides, usage: usageIn(story, cut, plan) };
    });
    return rate({ period: story.period, stretches });
  };
}
