/** What was agreed with a customer, as the API answers it. */
import type { z } from 'zod';
import type { agreedAnswer, OverridesAnswer } from '../contracts/overrides.ts';
import { iso } from '../lib/time.ts';
import type { Agreed, Agreements } from '../workflows/billing/agree-overrides.ts';
import type { OverrideRow } from './segments.ts';

const toAgreement = ({ effectiveAt, allowances, prices, plan, untilPlanChange }: OverrideRow) => ({
  allowances: { ...allowances },
  prices: { ...prices },
  effective_at: iso(effectiveAt),
  until_plan_change: untilPlanChange,
  plan,
});

const nothing = { allowances: {}, prices: {}, effective_at: null, until_plan_change: null, plan: null };

export const toOverridesAnswer = ({ shown, noEffect, agreed }: Agreements): OverridesAnswer => ({
  success: true,
  ...(shown === null ? nothing : toAgreement(shown)),
  no_effect: noEffect.map(({ name, since, reason }) => ({ name, since: iso(since), reason })),
  agreed: agreed.map(toAgreement),
});

export const toAgreedAnswer = ({ money, ...agreements }: Agreed): z.infer<typeof agreedAnswer> => ({
  ...toOverridesAnswer(agreements),
  money:
    money === null
      ? null
      : {
          period: { start: iso(money.period.start), end: iso(money.period.end) },
          before_cents: money.beforeCents,
          after_cents: money.afterCents,
        },
});
