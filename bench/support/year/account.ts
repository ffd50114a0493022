/**
 * One customer's bills as the oracle has them: periods and fees from the log of deeds, usage from the reports that stand, what was said
 * on invoices before, prepaid credit. From the text of docs/invoices.md, docs/pricing.md and docs/credit.md; imports nothing of the product.
 */
import type { OraclePlan } from './catalogue.ts';
import { type OracleLine, type Raw, rate, type Span, shareOf, stretchesOf } from './rating.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Free days are kept where so much is left. */
const keptMsMin = 48 * hourMs;
/** Less is not worth an invoice of its own. */
const ownInvoiceCentsMin = 50;

export type Interval = 'month' | 'year';
type Verdict = 'planned' | 'held' | 'rejected';

/** What Stripe asks for by itself. */
export interface Fee {
  at: number;
  reason: 'subscription_create' | 'subscription_cycle' | 'subscription_update';
  cents: number;
}

interface BillLine extends OracleLine {
  period: number;
  state: Verdict;
}

/** An invoice whose lines the product has just fixed; the oracle is told which, and says what must be on it. */
export interface Fixed {
  id: string;
  kind: string;
  /** The period that it bills, null for none. */
  period: Span | null;
  /** What Stripe's own lines on it come to, cents. */
  ownCents: number;
  at: number;
  /** A line above this waits for approval. */
  holdCents: number;
}

export interface Bill {
  lines: BillLine[];
  ownCents: number;
  creditCents: number;
  /** Too little to be asked for: it is kept with its sum, and nobody pays it. */
  isWrittenOff: boolean;
}

interface Grant {
  cents: number;
  at: number;
  expiresAt: number | null;
}

const secondOf = (ms: number): number => Math.floor(ms / 1000) * 1000;

/** The same time of day so many months later, on the month's last day where it has no such day. */
function monthsAfter(anchor: number, months: number): number {
  const from = new Date(anchor);
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth() + months];
  const day = Math.min(from.getUTCDate(), new Date(Date.UTC(year, month + 1, 0)).getUTCDate());
  return Date.UTC(year, month, day) + (anchor % dayMs);
}

export class Account {
  readonly windows = new Map<number, Raw>();
  readonly periods: Span[] = [];
  readonly fees: Fee[] = [];
  readonly bills = new Map<string, Bill>();
  private readonly trialEnd: number;
  plan: OraclePlan;
  /** What is paid for at Stripe, the version that was bought. */
  price: OraclePlan;
  interval: Interval = 'month';
  boughtAt: number | null = null;
  endedAt: number | null = null;
  cancelsAtEnd = false;
  scheduled: OraclePlan | null = null;
  /** Another version of the same plan, from the end of the running period on. */
  moving: OraclePlan | null = null;
  private readonly changes: { at: number; plan: OraclePlan }[];
  private readonly said = new Map<number, Map<string, { cents: number; meter: string }>>();
  private readonly grants: Grant[] = [];
  /** Lines that were approved after their invoice had gone. */
  private approved: BillLine[] = [];
  private anchor = 0;
  private months = 0;

  constructor(trialEnd: number, plan: OraclePlan, signedUpAt: number) {
    this.trialEnd = trialEnd;
    this.plan = plan;
    this.price = plan;
    this.changes = [{ at: signedUpAt, plan }];
  }

  /** The running period, or the last one there was. */
  get period(): Span | undefined {
    return this.periods.at(-1);
  }

  private feeOf(plan: OraclePlan): number {
    return (this.interval === 'year' ? plan.annualCents : plan.feeCents) ?? Number.NaN;
  }

  private changeTo(at: number, plan: OraclePlan): void {
    this.plan = plan;
    this.changes.push({ at, plan });
  }

  private begin(at: number): void {
    this.anchor = at;
    this.months = 1;
    this.periods.push({ start: at, end: monthsAfter(at, 1) });
  }

  buys(at: number, plan: OraclePlan, interval: Interval): void {
    const paidAt = secondOf(at);
    this.boughtAt = at;
    this.interval = interval;
    this.price = plan;
    this.changeTo(paidAt, plan);
    const keptUntil = secondOf(this.trialEnd);
    const isKept = keptUntil - Math.ceil(at / 1000) * 1000 >= keptMsMin;
    this.fees.push({ at: paidAt, reason: 'subscription_create', cents: isKept ? 0 : this.feeOf(plan) });
    if (!isKept) this.begin(paidAt);
    else this.fees.push({ at: keptUntil, reason: 'subscription_cycle', cents: this.feeOf(plan) });
    if (isKept) this.begin(keptUntil);
  }

  /** Lives through the ends of periods up to now. */
  goTo(now: number): void {
    for (let last = this.period; last && last.end <= now && this.endedAt === null; last = this.period) {
      const at = last.end;
      const isYearsEnd = this.months % 12 === 0;
      if (this.cancelsAtEnd && (this.interval === 'month' || isYearsEnd)) {
        this.endedAt = at;
        return;
      }
      if (this.scheduled) {
        this.price = this.scheduled;
        this.changeTo(at, this.scheduled);
      } else if (this.moving && (this.interval === 'month' || isYearsEnd)) {
        // Who is moved pays the new version's price from then on; who pays by the year is moved when that year ends.
        this.price = this.moving;
        this.changeTo(at, this.moving);
        this.moving = null;
      }
      this.scheduled = null;
      this.months += 1;
      this.periods.push({ start: at, end: monthsAfter(this.anchor, this.months) });
      if (this.interval === 'month' || isYearsEnd) {
        this.fees.push({ at, reason: 'subscription_cycle', cents: this.feeOf(this.price) });
      }
    }
  }

  /** A dearer plan, at once: what is left of the old price is given back, the new one's share asked for. */
  upgrades(at: number, plan: OraclePlan): void {
    const from = secondOf(at);
    const span = this.interval === 'month' ? this.period : this.year();
    if (!span) throw new Error('nothing was bought');
    const rest = (span.end - from) / 1000;
    const all = (span.end - span.start) / 1000;
    const back = shareOf(this.feeOf(this.price), rest, all);
    this.fees.push({ at: from, reason: 'subscription_update', cents: shareOf(this.feeOf(plan), rest, all) - back });
    this.price = plan;
    this.changeTo(from, plan);
  }

  private year(): Span {
    return { start: this.anchor, end: monthsAfter(this.anchor, 12) };
  }

  /** By the year from now on: the month ends here, and another anchor begins. */
  goesOverToYears(at: number): void {
    const from = secondOf(at);
    const last = this.period;
    if (!last) throw new Error('nothing was bought');
    const back = shareOf(this.feeOf(this.price), (last.end - from) / 1000, (last.end - last.start) / 1000);
    last.end = from;
    this.interval = 'year';
    this.fees.push({ at: from, reason: 'subscription_update', cents: this.feeOf(this.price) - back });
    this.begin(from);
  }

  ends(at: number): void {
    this.endedAt = at;
  }

  grantsCredit(grant: Grant): void {
    this.grants.push({ ...grant });
  }

  private usable(now: number): Grant[] {
    const endOf = ({ expiresAt }: Grant) => expiresAt ?? Number.POSITIVE_INFINITY;
    return this.grants
      .filter((grant) => grant.cents > 0 && endOf(grant) > now)
      .sort((a, b) => endOf(a) - endOf(b) || a.at - b.at);
  }

  private takeCredit(upTo: number, now: number): number {
    let left = Math.max(0, upTo);
    for (const grant of this.usable(now)) {
      const cents = Math.min(grant.cents, left);
      grant.cents -= cents;
      left -= cents;
    }
    return Math.max(0, upTo) - left;
  }

  isBilled(period: Span): boolean {
    return this.said.has(period.start);
  }

  /** What a period's lines are now, less what was said of them. */
  private differences(period: Span): BillLine[] {
    const said = this.said.get(period.start) ?? new Map<string, { cents: number; meter: string }>();
    const now = new Map(rate(period, stretchesOf(period, this.changes), this.windows).map((line) => [line.key, line]));
    return [...new Set([...now.keys(), ...said.keys()])].flatMap((key) => {
      const cents = (now.get(key)?.cents ?? 0) - (said.get(key)?.cents ?? 0);
      const meter = now.get(key)?.meter ?? said.get(key)?.meter ?? '';
      const exact = now.get(key)?.exact ?? '0';
      return cents === 0 ? [] : [{ key, meter, cents, exact, period: period.start, state: 'planned' as const }];
    });
  }

  /** What has changed in periods that were billed, cents. */
  changed(): number {
    return sumOf(this.periods.filter((one) => this.isBilled(one)).flatMap((one) => this.differences(one)));
  }

  private say(period: number, { key, cents, meter }: OracleLine): void {
    const said = this.said.get(period) ?? new Map<string, { cents: number; meter: string }>();
    this.said.set(period, said.set(key, { meter, cents: (said.get(key)?.cents ?? 0) + cents }));
  }

  /** What must be on an invoice that is fixed now; from here on it is said. */
  fix({ id, kind, period, ownCents, at, holdCents }: Fixed): Bill {
    const open = this.periods.filter((one) => one.start === period?.start || this.isBilled(one));
    const fresh = open.flatMap((one) => this.differences(one));
    if (period) this.said.set(period.start, this.said.get(period.start) ?? new Map());
    for (const line of fresh) this.say(line.period, line);
    const isHeld = ({ cents }: BillLine): boolean => cents > holdCents;
    const sums = sumOf(fresh.filter((line) => !isHeld(line))) + sumOf(this.approved);
    const isLittle = kind === 'delta' && this.approved.length === 0 && sums < ownInvoiceCentsMin;
    const isWrittenOff = isLittle && sums >= 0 && !fresh.some(isHeld);
    const rest: Verdict = isWrittenOff ? 'rejected' : 'planned';
    const stateOf = (line: BillLine): Verdict => (isHeld(line) ? 'held' : rest);
    const lines = [...fresh.map((line) => ({ ...line, state: stateOf(line) })), ...this.approved];
    this.approved = [];
    const creditCents = isLittle ? 0 : this.takeCredit(ownCents + sums, at);
    const bill = { lines, ownCents, creditCents, isWrittenOff };
    this.bills.set(id, bill);
    return bill;
  }

  /** A person has decided about a line that waited. @param isGone whether its invoice has gone without it */
  decides(
    id: string,
    { meter, period, cents }: Pick<BillLine, 'meter' | 'period' | 'cents'>,
    is: { released: boolean; gone: boolean },
  ): boolean {
    const lines = this.bills.get(id)?.lines ?? [];
    const line = lines.find(
      (one) => one.state === 'held' && one.meter === meter && one.period === period && one.cents === cents,
    );
    if (!line) return false;
    if (is.released && is.gone) {
      lines.splice(lines.indexOf(line), 1);
      this.approved.push({ ...line, state: 'planned' });
    } else line.state = is.released ? 'planned' : 'rejected';
    return true;
  }

  /** What the customer is asked for on it, before tax. */
  totalOf(id: string): number | null {
    const bill = this.bills.get(id);
    if (!bill) return null;
    const counted = bill.isWrittenOff ? bill.lines : bill.lines.filter(({ state }) => state === 'planned');
    return bill.ownCents + sumOf(counted) - bill.creditCents;
  }
}

const sumOf = (lines: readonly { cents: number }[]): number => lines.reduce((all, { cents }) => all + cents, 0);

/** Lines in one form, whoever has them. */
export const linesAsText = (
  lines: readonly { period: number; meter: string; cents: number; state: string }[],
): string[] =>
  lines
    .map(
      ({ period, meter, cents, state }) => `${new Date(period).toISOString().slice(0, 16)} ${meter} ${cents} ${state}`,
    )
    .toSorted();
