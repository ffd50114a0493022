/**
 * A plan version: what a plan costs, includes and lets an instance do, as it was published (plans.yaml, spec §3). A published
 * version never changes; a subscriber stays on the version they bought until they are moved. Types only; pure.
 */
import type { OwnField } from '../contracts/own-meters.ts';
import type { RatedMeter } from './meters.ts';
import type { Price } from './price.ts';

/** What is included in a period: so much an hour of it, so much of it in all, or everything. In the meter's unit. */
export type Allowance = { perHour: string } | { perPeriod: string } | 'unlimited';

/** What a licence says of features and limits: a number (`null` is unlimited) or whether something may be done. */
export type Entitlements = Readonly<Record<string, boolean | number | null>>;

export interface Monitoring {
  dedicated: boolean;
  scrapeInterval: string;
  retention: string;
  storageSize: string;
  grafana: boolean;
}

/** What the chart is given for a plan (charts/customer-instance `quota`). Kubernetes quantities as text. */
export interface Quota {
  cpu: string;
  memory: string;
  ephemeralStorage: string;
  storage: string;
  containerMax: { cpu: string; memory: string; 'ephemeral-storage': string };
  claimMax: string;
}

/** A meter of the operator's own as a version rates it. */
export interface OwnRatedMeter extends RatedMeter {
  /** Where its quantity is stored and reported. */
  field: OwnField;
}

export interface PlanVersion {
  /** The plan's slug. */
  plan: string;
  version: string;
  /** For people. */
  name: string;
  /** What is an upgrade: to a plan of a higher order. No two sold plans share one. */
  order: number;
  /** Dollars an interval. */
  fee: string;
  interval: 'month' | 'year';
  /** Dollars a year for who pays by the year, where the interval is a month; absent where that is not sold. */
  annualFee?: string;
  /** The name of the price list. A change of list happens at period ends only, so that no byte is billed twice. */
  list: string;
  /** Whether anybody may sign up for it; else only an admin adds customers to it. */
  open: boolean;
  features: Entitlements;
  limits: Entitlements;
  /** What replaces features and limits while a subscription is in its trial. */
  trial: { features: Entitlements; limits: Entitlements };
  monitoring: Monitoring;
  chart: {
    quota: Quota;
    /** One run of Helm may take this many times JOB_TIMEOUT_MS: larger stacks take longer. */
    timeoutFactor: number;
  };
  /** By the allowance's name; one that is not named includes nothing. */
  allowances: Readonly<Record<string, Allowance>>;
  /** By meter; one that is not named is not billed. */
  prices: Readonly<Record<string, Price>>;
  /** The operator's own meters that the version prices or includes, by meter (spec §3, `custom_1 … custom_5`). */
  ownMeters: Readonly<Record<string, OwnRatedMeter>>;
}
