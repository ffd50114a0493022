/**
 * What a customer by the month should have paid at Stripe, from our own rows alone: the plan's fee for each paid period, and for a change
 * within one what is left of both prices, by the second. In cents.
 */

interface Period {
  start_at: number;
  end_at: number;
}
interface Change {
  effective_at: number;
  plan: string;
}

const seconds = (ms: number): number => Math.floor(ms / 1000);

/** @param fees cents by the plan */
export async function owedBy(
  control: D1Database,
  customerId: string,
  fees: Readonly<Record<string, number>>,
): Promise<number> {
  const [periods, changes] = await control.batch<Period | Change>([
    control
      .prepare("SELECT start_at, end_at FROM billing_periods WHERE customer_id = ? AND kind = 'paid' ORDER BY start_at")
      .bind(customerId),
    control
      .prepare(
        'SELECT effective_at, plan FROM plan_changes WHERE customer_id = ? AND pending = 0 ORDER BY effective_at',
      )
      .bind(customerId),
  ]);
  const plans = (changes?.results ?? []) as Change[];
  const feeAt = (at: number): number =>
    fees[plans.findLast(({ effective_at: from }) => seconds(from) <= at)?.plan ?? ''] ?? Number.NaN;
  let cents = 0;
  for (const period of (periods?.results ?? []) as Period[]) {
    const [start, end] = [seconds(period.start_at), seconds(period.end_at)];
    cents += feeAt(start);
    for (const { effective_at: from, plan } of plans) {
      const at = seconds(from);
      if (at <= start || at >= end) continue;
      const rest = (end - at) / (end - start);
      cents += Math.round((fees[plan] ?? Number.NaN) * rest) - Math.round(feeAt(at - 1) * rest);
    }
  }
  return cents;
}
