/**
 * What a statement is made of before its invoice is final: frozen when the invoice is rated, because agreements may be replaced and
 * windows corrected. The lines that are not ours (the fee is Stripe's) are known only at the end. Pure.
 */
import type { CostLine } from '../contracts/cost.ts';
import type { StatementLine, StatementPayload } from '../contracts/statements.ts';
import { iso } from '../lib/time.ts';
import type { Period, PeriodKind } from '../periods/period.ts';
import type { OverrideRow, PlanChange } from '../pricing/segments.ts';

/** The part of the payload that is known when the invoice is rated, and the usage lines of its own period. */
export type Basis = Pick<
  StatementPayload,
  'period' | 'earlier' | 'catalogue' | 'overrides' | 'plan_changes' | 'digests'
> & { lines: CostLine[] };

/** A period that an earlier invoice billed, with what it billed: cents by the line's domain identity. */
export interface EarlierPeriod extends Period {
  kind: PeriodKind;
  billed: ReadonlyMap<string, number>;
}

export const toPeriod = ({ start, end }: Period) => ({ start: iso(start), end: iso(end) });

export const toEarlier = ({ kind, billed, ...period }: EarlierPeriod): StatementPayload['earlier'][number] => ({
  ...toPeriod(period),
  kind,
  billed: [...billed].map(([line_id, amount_cents]) => ({ line_id, amount_cents })),
});

/** What had begun before an instant; the plan from the first on, which holds before it too. */
export const changesBefore = (changes: readonly PlanChange[], end: number): StatementPayload['plan_changes'] =>
  changes
    .filter(({ effectiveAt }, i) => i === 0 || effectiveAt < end)
    .map(({ effectiveAt, plan, planVersion }) => ({ effective_at: iso(effectiveAt), plan, plan_version: planVersion }));

export const overridesBefore = (rows: readonly OverrideRow[], end: number): StatementPayload['overrides'] =>
  rows
    .filter(({ effectiveAt }) => effectiveAt < end)
    .map(({ effectiveAt, plan, untilPlanChange, allowances, prices }) => ({
      effective_at: iso(effectiveAt),
      plan,
      until_plan_change: untilPlanChange,
      allowances: { ...allowances },
      prices: { ...prices },
    }));

/** A line of the invoice as it is stored. */
export interface StoredLine {
  by: 'tenantry' | 'stripe';
  periodStart: number | null;
  periodEnd: number | null;
  deltaOf: string | null;
  state: 'planned' | 'held' | 'released' | 'billed' | 'rejected';
  amountCents: number;
  body: CostLine;
}

/** A line that is on the invoice no more comes with another one, as one that waits for approval does. */
const notBilledOf = (state: StoredLine['state'] = 'held'): StatementLine['not_billed'] =>
  state === 'held' || state === 'released' ? 'held' : state === 'rejected' ? 'rejected' : null;

/**
 * The statement's lines: every usage line of the own period as it was rated, also where the invoice has many in one (decision 8),
 * and of the invoice's what is something else: Stripe's, corrections, credit.
 */
export function linesOf({ period, lines }: Basis, stored: readonly StoredLine[]): StatementLine[] {
  const own = period === null ? null : { start: period.start, end: period.end };
  const periodOf = ({ periodStart: start, periodEnd: end }: StoredLine) =>
    start === null || end === null ? null : toPeriod({ start, end });
  const isOwn = (line: StoredLine): boolean =>
    own !== null && line.by === 'tenantry' && line.deltaOf === null && periodOf(line)?.start === own.start;
  const states = new Map(stored.filter(isOwn).map(({ body, state }) => [body.line_id, state]));
  return [
    ...lines.map(
      (line): StatementLine => ({
        ...line,
        by: 'tenantry',
        period: own,
        delta_of: null,
        not_billed: notBilledOf(states.get(line.line_id)),
      }),
    ),
    ...stored
      .filter((line) => !isOwn(line))
      .map(
        (line): StatementLine => ({
          ...line.body,
          amount_cents: line.amountCents,
          by: line.by,
          period: periodOf(line),
          delta_of: line.deltaOf,
          not_billed: notBilledOf(line.state),
        }),
      ),
  ];
}

/** What the lines that are billed add up to, cents. */
export const totalOf = (lines: readonly StatementLine[]): number =>
  lines.filter((line) => line.not_billed === null).reduce((sum, line) => sum + line.amount_cents, 0);
