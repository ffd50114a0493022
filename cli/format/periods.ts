/** Billing periods as a table, and what was used outside of them. Pure. */
import type { PeriodList } from '../../src/contracts/periods.ts';
import { counted, minuteOf } from './amounts.ts';
import { tableOf } from './table.ts';

const columns = ['start', 'end', 'kind', 'plan', 'version', 'state', 'seen', 'invoiced'].map((title) => ({ title }));

/** A line a period; its start is what `usage --period` takes. */
export const periodTable = ({ items }: PeriodList): string[] =>
  tableOf(
    columns,
    items.map((period) => [
      period.start,
      minuteOf(period.end),
      period.kind,
      period.plan,
      period.plan_version,
      period.state,
      period.complete ? 'all' : 'not all yet',
      period.invoiceable ? (period.invoice_id ?? 'not yet') : 'never',
    ]),
  );

/** A line a stretch that no period holds; none where there is none. */
export const unbilledLines = ({ unbilled }: PeriodList): string[] =>
  unbilled.map(
    ({ start, end, windows }) =>
      `in no period, kept and never billed: ${counted(windows, 'window')} from ${minuteOf(start)} to ${minuteOf(end)} UTC`,
  );
