/**
 * Rating: the one pure function behind cost, invoice, preview and simulation. A period's stretches with their usage → lines
 * that can be checked. Exact decimals; each line is rounded once, half away from zero; the total is their sum (spec §3).
 */
import type { Period } from '../periods/period.ts';
import { type FeePeriod, feeLines } from './fee.ts';
import { AmountOutOfRange, type Line } from './line.ts';
import { type Member, membersOf, type RatedPeriod } from './member.ts';
import { levelLines } from './rate-level.ts';
import { sumLines } from './rate-sum.ts';
import { mergeStretches, type Stretch, secondsOf } from './stretch.ts';

export interface RateInput {
  period: Period & FeePeriod;
  /** They follow one another from the period's start to its end. */
  stretches: readonly Stretch[];
}

export interface Rated {
  lines: Line[];
  totalCents: number;
}

/** Rates a period: its fees, then its meters in the order of the price lists. @throws AmountOutOfRange */
export function rate({ period, stretches }: RateInput): Rated {
  if (!covers(stretches, period)) throw new Error('the stretches do not cover the period');
  const rated: RatedPeriod = { stretches: mergeStretches(stretches), seconds: secondsOf(period) };
  const groups = Map.groupBy(membersOf(rated), groupOf).values();
  const usage = [...groups].flatMap((members) =>
    members[0]?.rated.addsUp === 'level' ? levelLines(members, rated) : sumLines(members, rated),
  );
  const lines = [...feeLines(rated, period), ...usage];
  const totalCents = lines.reduce((total, line) => total + line.amountCents, 0);
  if (!Number.isSafeInteger(totalCents)) throw new AmountOutOfRange('the total', `${totalCents} cents`);
  return { lines, totalCents };
}

/** Meters that draw on one allowance share it, levels apart from sums. */
const groupOf = ({ rated }: Member): string => `${rated.addsUp} ${rated.allowance}`;

const covers = (stretches: readonly Stretch[], { start, end }: Period): boolean =>
  stretches.length > 0 &&
  stretches.every((stretch, i) => stretch.start === (stretches[i - 1]?.end ?? start)) &&
  stretches.at(-1)?.end === end;
