/** How the delivery of an outbox row (to a queue, to Stripe or to a mailbox) can end; who witnesses that the database is not an older one. Pure. */

/**
 * What a sender says of a row: the other side has it; it does not take it now; it refused it, and would refuse it again;
 * nobody needs it any more.
 * `why` is a short word of ours, not the other side's text.
 */
export type Sent<Statement> =
  /** `outbox`: rows that came about with it, to be sent once it is confirmed. */
  | { outcome: 'ok'; writes: readonly Statement[]; outbox?: readonly string[] }
  | { outcome: 'later'; why: string }
  | { outcome: 'never'; why: string }
  | { outcome: 'needless'; why: string };

export const later = (why: string) => ({ outcome: 'later', why }) as const;
export const never = (why: string) => ({ outcome: 'never', why }) as const;
export const needless = (why: string) => ({ outcome: 'needless', why }) as const;

/** What remembers, outside of the database, the newest entry that the database had: a restored one has lost it. */
export interface Witness {
  seen(): Promise<string | null>;
  see(mark: string): Promise<void>;
}
