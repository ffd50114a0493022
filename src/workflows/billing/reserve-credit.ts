/**
 * Credit and an invoice: reserved when its draft is rated, consumed when it is final, released when it is void (decision 6). All
 * three are statements for the batch of whoever does that to the invoice, and doing them again changes nothing.
 */
import { takeCredit } from '../../credits/credit.ts';
import * as creditStore from '../../credits/store.ts';
import type { Write } from '../../db/write.ts';
import type { Context } from '../deed.ts';

/** The invoice's one line of credit; it is not discountable. */
export interface CreditLine {
  lineId: string;
  description: string;
  /** Below 0. */
  amountCents: number;
}

export interface Reserved {
  /** Null where no credit is taken. */
  line: CreditLine | null;
  writes: readonly Write[];
}

const lineOf = (cents: number): CreditLine => ({
  lineId: 'credit',
  description: 'Prepaid credit',
  amountCents: -cents,
});

/**
 * What the invoice takes of its customer's credit: at most its subtotal after discounts and before tax. One that has taken already
 * has the same line again; one that gave it back takes none. Of two drafts that take the same credit the second one's batch fails
 * with ConstraintFailed, and is planned again.
 */
export async function reserveCredit(
  { db, now, actor }: Pick<Context, 'db' | 'now' | 'actor'>,
  { customerId, invoiceId, subtotalCents }: { customerId: string; invoiceId: string; subtotalCents: number },
): Promise<Reserved> {
  const { grants, reservation } = await creditStore.findUsable(db, { customerId, invoiceId, now });
  if (reservation !== null) {
    return { line: reservation.state === 'released' ? null : lineOf(reservation.amountCents), writes: [] };
  }
  const taken = takeCredit(grants, subtotalCents, now);
  if (taken.length === 0) return { line: null, writes: [] };
  const cents = taken.reduce((sum, one) => sum + one.cents, 0);
  return {
    line: lineOf(cents),
    writes: creditStore.reserve({ invoiceId, customerId, actor: actor.name, now }, taken),
  };
}

/** The invoice is final: what it has taken is spent. */
export const consumeCredit = ({ now }: Pick<Context, 'now'>, invoiceId: string): Write[] => [
  creditStore.consume(invoiceId, now),
];

/** The invoice is void: what it has taken is back. What has expired meanwhile ends with the next tick of cron. */
export const releaseCredit = ({ now, actor }: Pick<Context, 'now' | 'actor'>, invoiceId: string): Write[] =>
  creditStore.release(invoiceId, { actor: actor.name, now });
