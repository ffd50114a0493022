/** Whether each invoice is the oracle's, to the cent: when its lines are fixed, when it is final, and at Stripe. */
import type { Account, Bill, Fee } from '../../../bench/support/year/account.ts';
import { linesAsText } from '../../../bench/support/year/account.ts';
import type { Person } from '../../../bench/support/year/person.ts';
import { hour, minute } from '../invoices/harness.ts';
import { differenceOf } from './difference.ts';
import type { Giver } from './given-back.ts';
import type { Prover } from './proofs.ts';
import type { Stage } from './stage.ts';

interface Row {
  id: string;
  customer: string;
  kind: string;
  start: number | null;
  end: number | null;
  stripe: string | null;
  ratedAt: number | null;
  finalizedAt: number | null;
  createdAt: number;
  holdUntil: number | null;
  late: number;
  total: number;
  credit: number;
}

const columns = `id, customer_id AS customer, kind, period_start AS start, period_end AS "end", stripe_invoice_id AS stripe,
  rated_at AS ratedAt, finalized_at AS finalizedAt, created_at AS createdAt, hold_until AS holdUntil, late,
  total_cents AS total, credit_cents AS credit`;

interface LineOfRow {
  invoice: string;
  meter: string;
  start: number;
  cents: number;
  state: string;
  billable: string;
}

/** So long before its deadline a draft goes as it is; and so long after its period's end it can be complete. */
const leadMs = 15 * minute;
const secondsApart = 2000;

/** When the last usage of an invoice's period was. */
function usedUntil(account: Account, { kind, end }: Row): number {
  const ended = kind === 'closing' ? account.endedAt : null;
  return Math.min(Math.ceil((ended ?? end ?? 0) / hour) * hour, end ?? 0);
}

/** Whether the oracle knows of anything that is missing of the invoice's period. */
function isMissing({ withheld, reviews }: Person, account: Account, row: Row): boolean {
  const [start, until] = [row.start, usedUntil(account, row)];
  if (start === null) return false;
  return [...withheld.flatMap(({ ends }) => ends), ...reviews.keys()].some((end) => start < end && end <= until);
}

/** Our lines that cost something, as the oracle tells its own. */
const ownLines = (lines: readonly LineOfRow[]): string[] =>
  linesAsText(
    lines
      .filter(({ meter, cents }) => meter !== 'credit' && cents !== 0)
      .map(({ start, state, ...line }) => ({ ...line, period: start, state: state === 'billed' ? 'planned' : state })),
  );

const plannedOf = ({ lines, creditCents }: Bill): number =>
  lines.filter(({ state }) => state === 'planned').length + (creditCents > 0 ? 1 : 0);

export function comparer(stage: Stage, { proofs, given }: { proofs: Prover; given: Giver }) {
  const { world, holdCents, count, known: people, problem } = stage;
  const fixed = new Set<string>();
  const final = new Set<string>();
  const usedFees = new Map<Fee, string>();
  const seenMarks = new Set<string>();
  let since = 0;
  let logsRead = 0;

  const say = (row: Row, what: string): void => {
    const period = row.start === null ? '' : ` of ${new Date(row.start).toISOString()}`;
    problem(`${row.kind} ${row.id}${period} of ${row.customer}`, what);
  };

  /** Stripe's own part of its invoice, as the oracle has it. */
  function feeOf(account: Account, row: Row): Fee | undefined {
    if (row.kind !== 'cycle') return undefined;
    const near = account.fees.filter(({ at }) => Math.abs(at - row.createdAt) <= secondsApart);
    return near.find((fee) => (usedFees.get(fee) ?? row.id) === row.id);
  }

  function checkTime(person: Person, account: Account, row: Row): void {
    const isDue = row.holdUntil !== null && (row.ratedAt ?? 0) >= row.holdUntil - leadMs;
    const missing = isMissing(person, account, row);
    if (missing && !isDue) say(row, 'its lines were fixed although something was missing, and before its deadline');
    if (missing !== (row.late === 1)) say(row, `late is ${row.late}; something was missing: ${missing}`);
    if (row.late === 1) count('invoices at their deadline');
  }

  function checkPeriod(person: Person, account: Account, row: Row) {
    if (row.start === null) return null;
    const period = account.periods.find(({ start }) => start === row.start);
    if (period?.end !== row.end) say(row, `its period ends ${row.end}, the oracle’s ${JSON.stringify(period)}`);
    if (period && account.isBilled(period)) say(row, 'its period was billed before');
    checkTime(person, account, row);
    return period ?? null;
  }

  function tally(row: Row, bill: Bill): void {
    count(`${row.kind} invoices with our lines`);
    if (bill.creditCents > 0) count('invoices with credit');
    if (row.kind === 'delta' && !bill.isWrittenOff) count('invoices of changes after the end');
    for (const { state, period, cents } of bill.lines) {
      if (period !== row.start) count(cents < 0 ? 'lines that give back' : 'lines of earlier periods');
      if (state === 'held') count('lines held');
      if (state === 'rejected') count('lines written off');
    }
  }

  async function explain(account: Account, row: Row, bill: Bill, lines: readonly LineOfRow[], difference: string) {
    const exact = bill.lines.map((line) => `${line.meter} ${line.exact}`).join(', ');
    const ours = lines.map(({ meter, billable }) => `${meter} ${billable}`).join(', ');
    say(row, `${difference}. Dollars, exact: ${exact}. Ours, billable: ${ours}`);
    for (const period of account.periods.filter(({ start }) => bill.lines.some((line) => line.period === start))) {
      const other = await world.otherWindows(row.customer, period, account.windows);
      if (other.length > 0) say(row, `${other.length} stored quantities are others: ${other.slice(0, 3).join('; ')}`);
    }
  }

  async function fix(person: Person, account: Account, row: Row, lines: readonly LineOfRow[]): Promise<void> {
    fixed.add(row.id);
    const fee = feeOf(account, row);
    if (row.kind === 'cycle' && !fee) say(row, 'the oracle knows of no renewal then');
    const period = checkPeriod(person, account, row);
    const { id, kind, ratedAt } = row;
    const bill = account.fix({ id, kind, period, ownCents: fee?.cents ?? 0, at: ratedAt ?? 0, holdCents });
    const difference = differenceOf(linesAsText(bill.lines), ownLines(lines));
    if (difference !== null) await explain(account, row, bill, lines, `lines: ${difference}`);
    if (row.credit !== bill.creditCents) say(row, `credit: the oracle has ${bill.creditCents}, ours is ${row.credit}`);
    tally(row, bill);
  }

  async function checkStripe(row: Row, stripeId: string, want: number | undefined, planned: number): Promise<void> {
    const { total } = await world.invoiceAtStripe(stripeId);
    if (total !== want) say(row, `total: the oracle has ${want}, Stripe has ${total}`);
    const marks = (await world.linesAtStripe(stripeId)).flatMap(({ metadata }) => metadata['tenantry_line'] ?? []);
    if (marks.length !== planned) say(row, `Stripe has ${marks.length} lines of ours, the oracle ${planned}`);
    for (const mark of marks.filter((one) => seenMarks.has(one))) say(row, `the line ${mark} is at Stripe twice`);
    for (const mark of marks) seenMarks.add(mark);
  }

  async function end(person: Person, account: Account, row: Row): Promise<void> {
    final.add(row.id);
    const fee = feeOf(account, row);
    if (fee) usedFees.set(fee, row.id);
    const bill = account.bills.get(row.id);
    const want = account.totalOf(row.id) ?? fee?.cents;
    if (row.start !== null && !bill) say(row, 'it was finalised without our lines');
    if (want !== row.total) say(row, `total: the oracle has ${want}, ours is ${row.total}`);
    count('final invoices');
    count('cents invoiced', row.total);
    // What is written off is the total of its row, and billed on no statement.
    proofs.wants(row, bill?.isWrittenOff ? 0 : want);
    // Anything else below nothing takes from an invoice that Stripe has.
    if (row.kind === 'delta' && (want ?? 0) < 0) await given.owes(account, person, { id: row.id, owed: -(want ?? 0) });
    if (row.stripe !== null) await checkStripe(row, row.stripe, want, bill ? plannedOf(bill) : 0);
  }

  function readLog(): void {
    const { logs } = world.api;
    for (const { message, fields } of logs.slice(logsRead)) {
      if (/failed|could not/.test(message)) problem('the log', `${message} ${JSON.stringify(fields).slice(0, 400)}`);
    }
    logsRead = logs.length;
  }

  return {
    say,
    usedFees,
    /** Whether an invoice has gone: what is decided of its lines comes on another. */
    isGone: (id: string): boolean => final.has(id),
    /** Looks at what has changed since the last time. */
    async look(): Promise<void> {
      readLog();
      const rows = await world.rows<Row>(
        // Two of one customer may be fixed at one instant of this clock: what waits for either is on the one that was written first.
        `SELECT ${columns} FROM invoices i WHERE updated_at >= ? ORDER BY coalesce(rated_at, finalized_at),
          (SELECT max(l.rowid) FROM invoice_lines l WHERE l.invoice_id = i.id AND l.by = 'tenantry'), rowid`,
        since,
      );
      since = world.now;
      const fresh = rows.filter(({ id, ratedAt }) => ratedAt !== null && !fixed.has(id));
      const lines = await world.rows<LineOfRow>(
        `SELECT invoice_id AS invoice, meter, period_start AS start, amount_cents AS cents, state, body ->> 'billable' AS billable FROM invoice_lines
        WHERE by = 'tenantry' AND invoice_id IN (SELECT value FROM json_each(?))`,
        JSON.stringify(fresh.map(({ id }) => id)),
      );
      for (const row of rows) {
        const person = people.get(row.customer);
        const account = person?.account;
        if (!account) continue;
        account.goTo(world.now);
        const own = lines.filter(({ invoice }) => invoice === row.id);
        if (fresh.includes(row)) await fix(person, account, row, own);
        if (row.finalizedAt !== null && !final.has(row.id)) await end(person, account, row);
      }
    },
    /** What is complete and waits all the same. */
    async lookForIdle(): Promise<void> {
      const rows = await world.rows<Row>(
        `SELECT ${columns} FROM invoices WHERE rated_at IS NULL AND period_start IS NOT NULL AND state IN ('draft', 'held') AND look_at <= ?`,
        world.now,
      );
      for (const row of rows) {
        const person = people.get(row.customer);
        const account = person?.account;
        if (!account || world.now < usedUntil(account, row) + leadMs) continue;
        if (!isMissing(person, account, row)) say(row, 'nothing is missing, and its lines are not fixed');
      }
    },
  };
}
export type Comparer = ReturnType<typeof comparer>;
