/**
 * What an organisation's projects cost, a second time: from its windows in exact fractions, by the rules as docs/organisations.md
 * says them. Shares no code with the product; prices are written here.
 */
import { type Fraction, none, over, parse, plus, times, whole } from './fraction.ts';

/** A window as it was reported: whose, where it ends (ms) and base units by stored column. */
export interface OracleWindow {
  projectSeq: number;
  end: number;
  units: Readonly<Record<string, number>>;
}

/** Dollars of one base unit in a month of so many seconds, by meter and its columns. */
const meters: Record<string, { columns: string[]; price: (seconds: number) => Fraction }> = {
  cpu_core_ms: { columns: ['cpu_core_ms'], price: () => over(parse('0.05'), whole(3_600_000)) },
  memory_mib_s: { columns: ['memory_mib_s'], price: () => over(parse('0.01'), whole(1024 * 3600)) },
  storage_mib_s: { columns: ['storage_mib_s'], price: (s) => over(parse('0.20'), whole(1024 * s)) },
  network_sent_bytes: { columns: ['network_sent_bytes'], price: () => over(parse('0.10'), whole(2 ** 30)) },
  network_received_bytes: { columns: ['network_received_bytes'], price: () => over(parse('0.10'), whole(2 ** 30)) },
  ingress_requests: { columns: ['ingress_requests'], price: () => parse('0.0000005') },
  vm_s: { columns: ['vm_s'], price: () => none },
  ip_s: { columns: ['ip_s'], price: () => none },
};

export const pricedColumns = Object.values(meters).flatMap(({ columns }) => columns);

/** Half up, of what is 0 or more. */
const centsOf = (dollars: Fraction): number => {
  const { n, d } = times(dollars, whole(100));
  return Number((2n * n + d) / (2n * d));
};

/** `2026-11` of the instant just before a window's end: a window belongs to what contains its end. */
const monthOf = (end: number): string => new Date(end - 1).toISOString().slice(0, 7);

function secondsIn(month: string): number {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return (Date.UTC(year, number, 1) - Date.UTC(year, number - 1, 1)) / 1000;
}

/** Cents of a project's meter in its month, from the month's beginning up to an instant. */
function centsUpTo(windows: readonly OracleWindow[], projectSeq: number, meter: string, month: string, until: number) {
  const { columns, price } = meters[meter] as (typeof meters)[string];
  let dollars = none;
  for (const window of windows) {
    if (window.projectSeq !== projectSeq || window.end > until || monthOf(window.end) !== month) continue;
    for (const column of columns) {
      dollars = plus(dollars, times(whole(window.units[column] ?? 0), price(secondsIn(month))));
    }
  }
  return centsOf(dollars);
}

export const meterNames = Object.keys(meters);

/** Cents of a project's meter in `(from, to]`, which lies in one month. */
export const centsIn = (
  windows: readonly OracleWindow[],
  { projectSeq, meter, from, to }: { projectSeq: number; meter: string; from: number; to: number },
): number => {
  const month = monthOf(to);
  return (
    centsUpTo(windows, projectSeq, meter, month, to) -
    (monthOf(from + 1) === month ? centsUpTo(windows, projectSeq, meter, month, from) : 0)
  );
};
