/**
 * The form of every workflow that changes something: it reads, decides and plans; `carryOut` commits. A workflow is
 * `(context, input) => Result<Plan, Failure>`; nothing is written before the plan has been made, so a preview is the plan
 * without the commit.
 *
 * Where a guard or a constraint refuses the batch, somebody was faster: the workflow plans again from what is there by
 * then, and so says itself why it cannot be done any more.
 */
import { type Actor, type AuditEntry, record } from '../audit/store.ts';
import type { Failure } from '../contracts/failures.ts';
import type { BillingMode } from '../contracts/invoices.ts';
import { commit, type Db } from '../db/client.ts';
import { ConstraintFailed, GuardFailed } from '../db/failure.ts';
import type { Write } from '../db/write.ts';
import type { HoldRules } from '../invoices/hold-line.ts';
import type { Random } from '../lib/ids.ts';
import type { KeySets } from '../lib/key-sets.ts';
import type { Log } from '../lib/log.ts';
import type { Outbound } from '../lib/outbound.ts';
import type { Result } from '../lib/result.ts';
import type { Keyring } from '../licences/keyring.ts';
import type { Sealer } from '../licences/seal.ts';
import type { StaffIssuer } from '../sessions/staff.ts';
import type { StatementKeys } from '../statements/keys.ts';
import type { StripePort } from '../stripe/port.ts';

/** What the environment says, as workflows use it. */
export interface Settings {
  /** The API's own URL: issuer of licences, and what an instance calls. */
  publicUrl: string;
  baseDomain: string;
  trialDays: number;
  defaultCluster: string;
  /** The share of a cluster that stacks of customers who do not pay may take, percent. */
  unpaidPercent: number;
  shortWindows: boolean;
  /** How long one run of Helm may take, ms; larger plans take a multiple. */
  jobTimeoutMs: number;
  /** Failed runs of a job before it is given up, and the pause after the first one, ms. */
  runsMax: number;
  backoffMs: number;
  /** How long a renewal's invoice stays a draft for its usage, ms. */
  holdMs: number;
  /** What holds before anybody has set the brake of billing. */
  billingMode: BillingMode;
  /** How usage comes onto invoices. */
  usageBilling: 'invoice_items' | 'meter_events' | 'off';
  /** Which lines a person approves. */
  holdRules: HoldRules;
  /** From a failed payment to the suspension, ms. */
  graceMs: number;
  /** From a cancellation to the deletion of the stack and its data, ms. */
  deleteAfterMs: number;
  /** Whether Stripe works out tax for what is bought (STRIPE_TAX). */
  tax: boolean;
  /** Whether promotion codes are taken (PROMOTION_CODES). */
  promotionCodes: boolean;
  /** Where staff sign in; null where only admin tokens do. */
  staffIssuer: StaffIssuer | null;
}

/** What every workflow is given: no clock, no randomness and no environment of its own. */
export interface Context {
  db: Db;
  /** The usage shards in order (src/db/shards.ts). */
  shards: readonly D1Database[];
  /** ms since the epoch, one instant for the whole deed. */
  now: number;
  random: Random;
  log: Log;
  actor: Actor;
  settings: Settings;
  /** The licence keys of this environment. */
  keyring: () => Promise<Keyring>;
  /** The keys that sign statements; null where there are none. */
  statementKeys: () => Promise<StatementKeys | null>;
  /** The secret of a mailed link of that id (src/sessions/link.ts). */
  linkSecret: (linkId: string) => string;
  /** Calls of addresses that others named. */
  outbound: Outbound;
  keySets: KeySets;
  sealer: Sealer;
  /** Null without a Stripe key. */
  stripe: StripePort | null;
}

/** What a workflow has decided: nothing of it is written yet. */
export interface Plan<T> {
  /** What the caller is told. */
  value: T;
  writes: readonly Write[];
  audit: readonly AuditEntry[];
  /** Ids of outbox rows among the writes, to be delivered right after the commit. */
  outbox?: readonly string[];
  /** What a constraint of the schema means here, by SQLite's or the trigger's words; null: plan again. */
  refused?: (constraint: string) => Failure | null;
}

export type Planned<T, F extends Failure = Failure> = Result<Plan<T>, F>;

/** More refusals than this in a row are a fault, not a race; a clash of short ids is met once in 4,300 draws at most. */
const attemptsMax = 6;

/**
 * Plans and commits, again where somebody was faster.
 * @param plan called once an attempt; reads afresh each time
 * @param besides what else belongs into the batch, e.g. the answer of an Idempotency-Key
 * @throws GuardFailed, ConstraintFailed when the last attempt is refused, or a guard of `besides`; DatabaseUnavailable
 */
export async function carryOut<T, F extends Failure>(
  context: Context,
  plan: () => Promise<Planned<T, F>>,
  besides: (value: T) => Promise<readonly Write[]> = async () => [],
): Promise<Planned<T, F | Failure>> {
  for (let attempt = 1; ; attempt++) {
    const planned = await plan();
    if (!planned.ok) return planned;
    const { value, writes, audit, refused } = planned.value;
    const log = audit.map((entry) => record(context.random, context.actor, context.now, entry));
    try {
      await commit(context.db, [...writes, ...log, ...(await besides(value))]);
      return planned;
    } catch (error) {
      const failure = error instanceof ConstraintFailed ? refused?.(error.constraint) : null;
      if (failure) return { ok: false, error: failure };
      if (!isRace(error) || attempt === attemptsMax) throw error;
    }
  }
}

/** Guards that another attempt cannot meet: what they speak of is not the workflow's. */
const isRace = (error: unknown): boolean =>
  error instanceof ConstraintFailed || (error instanceof GuardFailed && error.guard !== 'idempotency_holder');
