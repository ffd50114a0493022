/** Lines as Stripe has them, as ours are kept: Stripe's own, and those of ours of which nothing else is known any more. Pure. */
import type { CostLine } from '../../contracts/cost.ts';
import type { LinePart } from '../../invoices/line-parts.ts';
import type { WrittenLine } from '../../invoices/line-store.ts';
import { Decimal } from '../../lib/decimal.ts';
import { iso, secondMs } from '../../lib/time.ts';
import { baseFeeMeter } from '../../pricing/meters.ts';
import type { StripeLine } from '../../stripe/drafts.ts';

type Said = Pick<CostLine, 'line_id' | 'from' | 'to' | 'meter' | 'description' | 'amount_cents' | 'reason'>;

const bodyOf = (said: Said): CostLine => ({
  ...said,
  quantity: '1',
  unit: 'line',
  included: '0',
  billable: '1',
  tier: null,
  unit_price: new Decimal(said.amount_cents).div(100).toString(),
  allowance: null,
});

/**
 * A line of Stripe's own.
 * @param id `lin_…` @param isFee whether it is of a price that is sold here: what somebody has added there is none
 */
export function toCopied(line: StripeLine, id: string, { isFee }: { isFee: boolean }): WrittenLine {
  const meter = isFee ? baseFeeMeter : 'stripe';
  return {
    lineId: `stripe/${line.id}`,
    id,
    identity: line.id,
    by: 'stripe',
    period: { start: line.start, end: line.end },
    deltaOf: null,
    meter,
    amountCents: line.amountCents,
    body: bodyOf({
      line_id: line.id,
      from: iso(line.start),
      to: iso(line.end),
      meter,
      description: line.description,
      amount_cents: line.amountCents,
      reason: 'a line of Stripe’s own',
    }),
    state: 'billed',
    stripeLineId: line.id,
  };
}

/**
 * What a line that does not say its parts stands for, as far as Stripe shows it. It is of no line that is rated: the next invoice that
 * rates the period bills those, and takes this one off.
 */
const wholeOf = (line: StripeLine, mark: string): LinePart => ({
  id: mark.startsWith('lin_') ? mark : `lin_${line.id}`,
  identity: mark,
  meter: 'usage',
  start: line.start,
  end: line.end + secondMs,
  deltaOf: null,
  amountCents: line.amountCents,
});

/** Lines of ours that Stripe has and whose rows are lost, of one line there. */
export const toRecalled = (line: StripeLine, mark: string): WrittenLine[] =>
  (line.parts ?? [wholeOf(line, mark)]).map(({ id, identity, meter, start, end, deltaOf, amountCents }) => ({
    lineId: start === null ? identity : `${iso(start)}/${identity}/${id}`,
    id,
    identity,
    by: 'tenantry',
    period: start === null || end === null ? null : { start, end },
    deltaOf,
    meter,
    amountCents,
    body: bodyOf({
      line_id: identity,
      from: iso(start ?? line.start),
      to: iso(end ?? line.end),
      meter,
      description: line.description,
      amount_cents: amountCents,
      reason: 'billed before the database was restored: what it was made of is not known any more',
    }),
    state: 'billed',
    stripeLineId: line.id,
  }));
