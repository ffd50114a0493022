/** Whether the lines of a statement are what its windows cost: rated again, compared field by field. Pure. */
import type { CostLine } from '../contracts/cost.ts';
import type { CheckedLine, Finding } from '../contracts/statement-verdict.ts';
import type { StatementLine, StatementPayload } from '../contracts/statements.ts';
import type { PeriodKind } from '../periods/period.ts';
import { correctionFaults } from './check-correction.ts';
import { differences, dollars } from './line-fields.ts';

/** A period after its windows were rated again; usage lines only, because the fee's are Stripe's. */
export interface RatedAgain {
  start: string;
  end: string;
  kind: PeriodKind;
  lines: readonly CostLine[];
  /** Of a period that an earlier invoice billed: what it billed, by line; null of the invoice's own. */
  billed: ReadonlyMap<string, number> | null;
}

export interface CheckedLines {
  lines: CheckedLine[];
  findings: Finding[];
}

const isOf = ({ period }: StatementLine, { start, end }: Pick<RatedAgain, 'start' | 'end'>): boolean =>
  period !== null && period.start === start && period.end === end;

/**
 * Corrections of one line of a period. There may be several: one that waited for approval and came later beside what has changed since.
 */
const correctionsOf = (
  all: readonly StatementLine[],
  { line_id: id, by }: StatementLine,
  period: RatedAgain,
): StatementLine[] =>
  all.filter((one) => one.line_id === id && one.by === by && one.delta_of !== null && isOf(one, period));

interface Checked {
  wrong: string[];
  rated: boolean;
  /** Whether it may stand beside another one of the same: they are right together. */
  isPart?: boolean;
}

/** What a line is of, once it has been asked for: the period's own, a correction of an earlier one, or neither. */
function checkOne(line: StatementLine, periods: readonly RatedAgain[], all: readonly StatementLine[]): Checked {
  if (line.by === 'stripe') return { wrong: [], rated: false };
  // What no invoice has billed before is the period's own, on whichever invoice it is.
  const isFirst = ({ billed }: RatedAgain): boolean => (billed?.size ?? 0) === 0;
  const period = periods.find(
    (one) => isOf(line, one) && (line.delta_of === null ? isFirst(one) : one.billed !== null),
  );
  if (period === undefined) {
    if (line.period === null && line.amount_cents <= 0) return { wrong: [], rated: false };
    return { wrong: ['the statement has no windows that it could be rated by'], rated: false };
  }
  const again = period.lines.find(({ line_id }) => line_id === line.line_id);
  if (period.billed !== null && line.delta_of !== null) {
    const billed = period.billed.get(line.line_id) ?? 0;
    return {
      wrong: correctionFaults(line, { again, billed, all: correctionsOf(all, line, period) }),
      rated: true,
      isPart: true,
    };
  }
  return { wrong: again === undefined ? ['the windows give no such line'] : differences(line, again), rated: true };
}

/** Lines that the windows give and the statement has not: nothing may be left out, a free line neither. */
function missing(payload: StatementPayload, periods: readonly RatedAgain[]): Finding[] {
  const finding = (at: string, message: string): Finding => ({ part: 'line', at, message });
  return periods.flatMap((period) => {
    // One that is said to be Stripe's is not rated again: it stands for none of ours.
    const lacks = (id: string) =>
      !payload.lines.some((line) => line.by === 'tenantry' && line.line_id === id && isOf(line, period));
    const given = new Set(period.lines.map(({ line_id: id }) => id));
    const lost = period.lines.filter(
      ({ line_id: id, amount_cents: cents }) =>
        lacks(id) && (period.billed === null || cents !== (period.billed.get(id) ?? 0)),
    );
    const gone = [...(period.billed ?? [])].filter(([id, cents]) => cents !== 0 && !given.has(id) && lacks(id));
    return [
      ...lost.map(({ line_id: id, description, amount_cents: cents }) =>
        finding(id, `the line ${id} (${description}, ${dollars(cents)}) is missing: the windows give it`),
      ),
      ...gone.map(([id, cents]) =>
        finding(
          id,
          `${dollars(cents)} was billed of the line ${id}: the windows give it no more, and nothing gives it back`,
        ),
      ),
    ];
  });
}

/** Checks each line, that none is missing or there twice, and the total. */
export function checkLines(payload: StatementPayload, periods: readonly RatedAgain[]): CheckedLines {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  const lines = payload.lines.map((line): CheckedLine => {
    const { line_id, description, amount_cents, not_billed: notBilled } = line;
    const { wrong, rated, isPart = false } = checkOne(line, periods, payload.lines);
    const place = JSON.stringify([line.by, line_id, line.period, line.delta_of]);
    if (seen.has(place) && !isPart) wrong.push('stands twice');
    seen.add(place);
    for (const what of wrong) findings.push({ part: 'line', at: line_id, message: `the line ${line_id}: ${what}` });
    const state = wrong.length > 0 ? 'wrong' : (notBilled ?? (rated ? 'right' : 'copied'));
    return { line_id, description, amount_cents, state };
  });
  findings.push(...missing(payload, periods));
  const total = payload.lines
    .filter(({ not_billed: notBilled }) => notBilled === null)
    .reduce((sum, { amount_cents: cents }) => sum + cents, 0);
  if (total !== payload.total_cents) {
    findings.push({
      part: 'total',
      at: null,
      message: `the total is ${dollars(payload.total_cents)}, and the lines add up to ${dollars(total)}`,
    });
  }
  return { lines, findings };
}
