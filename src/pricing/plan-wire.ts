/** Plan versions and simulations as the wire has them. */
import type { z } from 'zod';
import type { customerChange, SimulationAnswer, simulateAnswer } from '../contracts/plan-catalogue.ts';
import type { planAllowance, planItem, planPrice } from '../contracts/plans.ts';
import { Decimal, toCents } from '../lib/decimal.ts';
import { iso } from '../lib/time.ts';
import type { SimulatedCustomer } from '../workflows/billing/simulate-customer.ts';
import { type CustomerChange, whyOf } from './bill-change.ts';
import type { PublishedVersion } from './catalogue.ts';
import type { Allowance } from './plan.ts';
import type { Price, Tier } from './price.ts';
import type { Simulation } from './simulation-store.ts';
import { definitionOf } from './stretch.ts';

export interface PlanItemOptions {
  /** Whether whoever asks may choose it. */
  open: boolean;
  /** For admins; null for others. */
  subscribers: number | null;
  stripePriceId: string | null;
}

/** A version of GET /api/plans. */
export const toPlanItem = (
  { state, definition }: PublishedVersion,
  { open, subscribers, stripePriceId }: PlanItemOptions,
): z.input<typeof planItem> => ({
  plan: definition.plan,
  version: definition.version,
  state,
  name: definition.name,
  order: definition.order,
  fee_cents: toCents(new Decimal(definition.fee)),
  interval: definition.interval,
  annual_fee_cents: definition.annualFee === undefined ? null : toCents(new Decimal(definition.annualFee)),
  open,
  features: { ...definition.features },
  limits: { ...definition.limits },
  allowances: Object.fromEntries(Object.entries(definition.allowances).map(([name, a]) => [name, toAllowance(a)])),
  prices: Object.fromEntries(
    Object.entries(definition.prices).map(([meter, price]) => [
      meter,
      toPrice(price, definitionOf(definition, meter)?.unit ?? meter),
    ]),
  ),
  subscribers,
  stripe_price_id: stripePriceId,
});

function toAllowance(allowance: Allowance): z.input<typeof planAllowance> {
  if (allowance === 'unlimited') return allowance;
  return 'perHour' in allowance ? { per_hour: allowance.perHour } : { per_period: allowance.perPeriod };
}

function toPrice(price: Price, unit: string): z.input<typeof planPrice> {
  switch (price.kind) {
    case 'per_unit':
      return { kind: price.kind, unit, unit_price: price.unitPrice };
    case 'flat':
      return { kind: price.kind, unit, amount: price.amount };
    case 'package':
      return { kind: price.kind, unit, size: price.size, package_price: price.packagePrice };
    case 'graduated':
    case 'volume':
      return { kind: price.kind, unit, tiers: price.tiers.map(toTier) };
  }
}

const toTier = ({ from, to, unitPrice }: Tier) => ({ from, to, unit_price: unitPrice });

export const toCustomerChange = (change: CustomerChange): z.input<typeof customerChange> => ({
  customer_id: change.customerId,
  before_cents: change.beforeCents,
  after_cents: change.afterCents,
  why: change.why,
});

/** What a simulation has found so far. */
export const toSimulationAnswer = (simulation: Simulation): SimulationAnswer => ({
  simulation_id: simulation.id,
  state: simulation.state,
  progress: simulation.state === 'running' ? progressOf(simulation) : 100,
  customers: simulation.customers,
  skipped: simulation.skipped,
  incomplete: simulation.incomplete,
  failed: simulation.failed,
  before_cents: simulation.beforeCents,
  after_cents: simulation.afterCents,
  top: simulation.top.map(toCustomerChange),
});

/** Percent; 100 only when all is done. */
const progressOf = ({ looked, customers }: Simulation): number =>
  customers === 0 ? 0 : Math.min(99, Math.floor((looked * 100) / customers));

/** One customer's past period under other plans. */
export const toSimulatedCustomer = (
  customerId: string,
  { period, complete, beforeCents, afterCents, changes }: SimulatedCustomer,
): z.input<typeof simulateAnswer> => ({
  success: true,
  ...toCustomerChange({ customerId, beforeCents, afterCents, why: whyOf(changes) }),
  period: { start: iso(period.start), end: iso(period.end) },
  complete,
  changes: changes.map(({ meter, description, beforeCents, afterCents }) => ({
    meter,
    description,
    before_cents: beforeCents,
    after_cents: afterCents,
  })),
});
