/** What the history says of a licence that a change of plan brought. Pure. */
/** A licence of the history; what brought it, and for which plan it is. */
interface Issued {
  action: string;
  plan: string;
}

/**
 * From which plan to which; nothing of a licence that came for another reason.
 * @param before the one that was issued before it; undefined for the first
 */
export const planChange = (
  before: Issued | undefined,
  { action, plan }: Issued,
): { oldPlan: string; newPlan: string } | Record<string, never> =>
  before !== undefined && (action === 'upgraded' || action === 'downgraded')
    ? { oldPlan: before.plan, newPlan: plan }
    : {};
