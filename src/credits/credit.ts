/**
 * Which credit an invoice takes: what expires first goes first, of those that expire together, or never, the oldest; at most what
 * the invoice comes to, so that the rest stays (decision 6). Pure.
 */

/** A grant of which something is left; times in ms, amounts in whole cents. */
export interface LeftCredit {
  id: string;
  leftCents: number;
  /** Null never. */
  expiresAt: number | null;
  createdAt: number;
}

/** What is taken of one grant, above 0. */
export interface Taken {
  creditId: string;
  cents: number;
}

const never = Number.POSITIVE_INFINITY;

const inOrder = (a: LeftCredit, b: LeftCredit): number => {
  const [first, second] = [a.expiresAt ?? never, b.expiresAt ?? never];
  if (first !== second) return first - second;
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
};

/** Whether a grant may still be used at `now`; at its very end it may not. */
const isInTime = ({ expiresAt }: Pick<LeftCredit, 'expiresAt'>, now: number): boolean =>
  expiresAt === null || expiresAt > now;

/**
 * What an invoice takes of some grants.
 * @param subtotalCents what it comes to after discounts and before tax; nothing is taken for less than a cent
 */
export function takeCredit(grants: readonly LeftCredit[], subtotalCents: number, now: number): Taken[] {
  const taken: Taken[] = [];
  let open = subtotalCents;
  for (const { id, leftCents } of grants.filter((grant) => isInTime(grant, now)).toSorted(inOrder)) {
    if (open <= 0) break;
    const cents = Math.min(open, leftCents);
    if (cents > 0) taken.push({ creditId: id, cents });
    open -= cents;
  }
  return taken;
}
