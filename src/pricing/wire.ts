/** A rated period as the API answers it. Its lines are cost-line.ts'. Tax is said once, of the total. */
import type { CostAnswer, ForecastAnswer } from '../contracts/cost.ts';
import { iso } from '../lib/time.ts';
import type { Cost } from '../workflows/billing/cost.ts';
import type { Forecast } from '../workflows/billing/forecast.ts';
import { toCostLine } from './cost-line.ts';

export const toCostAnswer = (cost: Cost): CostAnswer => ({
  customer_id: cost.customerId,
  period: { start: iso(cost.period.start), end: iso(cost.period.end) },
  kind: cost.period.kind,
  plan: cost.plan,
  status: cost.status,
  currency: 'usd',
  complete: cost.complete,
  invoiceable: cost.invoiceable,
  lines: cost.lines.map((line) => toCostLine(line, cost.period)),
  total_cents: cost.totalCents,
  tax_included: false,
  note: cost.isOver ? overNote(cost) : null,
});

export const toForecastAnswer = ({ lowCents, highCents, method, historyDays, ...cost }: Forecast): ForecastAnswer => ({
  ...toCostAnswer(cost),
  low_cents: lowCents,
  high_cents: highCents,
  method,
  history_days: historyDays,
});

/** What is said of a customer who has no running period: nothing is billed since. */
const overNote = ({ period }: Cost): string =>
  `${period.kind === 'trial' ? 'the trial' : 'the last period'} ended at ${iso(period.end)} and none has begun since: what is still used is kept and not billed`;
