/** What the parts of the year share: the world, who lives in it, what is sold, what was counted and what differed. */

import type { Seeded } from '../../../bench/support/random.ts';
import { type OraclePlan, plansIn } from '../../../bench/support/year/catalogue.ts';
import type { Person } from '../../../bench/support/year/person.ts';
import type { World } from './world.ts';

export interface Stage {
  world: World;
  random: Seeded;
  pace: number;
  /** Lines above it wait for approval, cents. */
  holdCents: number;
  /** Who has signed up, by the customer's id. */
  known: Map<string, Person>;
  counts: Record<string, number>;
  count: (what: string, by?: number) => void;
  problems: string[];
  /** Something differs. */
  problem: (whose: string, what: string) => void;
  shop: Shop;
}

/** What is sold, as the oracle reads it. */
export interface Shop {
  /** How many files were published. */
  published: number;
  /** By plan, its newest version. */
  newest: Map<string, OraclePlan>;
  take: (yaml: string) => void;
  sold: (plan: string) => OraclePlan;
}

export function openShop(): Shop {
  const newest = new Map<string, OraclePlan>();
  const shop: Shop = {
    published: 0,
    newest,
    take(yaml) {
      for (const plan of plansIn(yaml)) newest.set(plan.plan, plan);
      shop.published += 1;
    },
    sold(plan) {
      const found = newest.get(plan);
      if (!found) throw new Error(`nobody sells ${plan}`);
      return found;
    },
  };
  return shop;
}

/** @param shared the world and what is drawn in it */
export function openStage(shared: Pick<Stage, 'world' | 'random' | 'pace' | 'holdCents' | 'shop'>): Stage {
  const counts: Record<string, number> = {};
  const problems: string[] = [];
  return {
    ...shared,
    known: new Map(),
    counts,
    count: (what, by = 1) => {
      counts[what] = (counts[what] ?? 0) + by;
    },
    problems,
    problem: (whose, what) => problems.push(`${new Date(shared.world.now).toISOString()} ${whose}: ${what}`),
  };
}
