/** What the check of a statement finds (src/statements/verify.ts), in words for whoever pays the bill. Types only. */

/** What of a statement a finding is about. */
export type Part =
  | 'signature'
  | 'statement'
  | 'catalogue'
  | 'plan'
  | 'override'
  | 'window'
  | 'digest'
  | 'line'
  | 'total';

export interface Finding {
  part: Part;
  /** Which one: a line's id, a place in the payload, a namespace with reporter and day; null where there is only one. */
  at: string | null;
  message: string;
}

/** A line of the statement after the check. */
export interface CheckedLine {
  line_id: string;
  description: string;
  amount_cents: number;
  /**
   * `right`, `wrong`: by rating the windows again. `copied`: Stripe's, or a credit: part of the total and not rated here.
   * `held`, `rejected`: rated, right, and not billed.
   */
  state: 'right' | 'wrong' | 'copied' | 'held' | 'rejected';
}

/** What the statement says it is about. */
export interface StatementFacts {
  invoice_id: string;
  customer_id: string;
  issuer: string;
  issued_at: string;
  period: { start: string; end: string };
  catalogue: string;
  windows: number;
  total_cents: number;
  kid: string;
}

export interface Verdict {
  /** `unreadable`: it is not known whether the bill is right. */
  outcome: 'right' | 'wrong' | 'unreadable';
  facts: StatementFacts | null;
  /**
   * `trusted`: by one of the keys that were given. `intact`: by the key that the file itself brings, which proves that nobody
   * changed it since and not who signed it. `wrong`: neither.
   */
  signature: 'trusted' | 'intact' | 'wrong' | null;
  lines: readonly CheckedLine[];
  findings: readonly Finding[];
}
