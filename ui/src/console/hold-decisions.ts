/** What may be decided about held lines, what that changes, and what became of it. */
import type { HeldLineView } from '../../../src/contracts/invoices.ts';
import {
  listHolds,
  listInvoices,
  readInvoice,
  rejectHold,
  releaseHold,
} from '../../../src/contracts/routes/invoices.ts';
import { moneyText } from '../money/money-text.ts';
import { holdTexts } from '../texts/console-invoices.ts';

export const holdChanges = [listHolds, listInvoices, readInvoice];
export const decisions = ['release', 'reject'] as const;
export type Decision = (typeof decisions)[number];
export const routeOfDecision = { release: releaseHold, reject: rejectHold };

/** What became of lines that were chosen. */
export interface Decided {
  decision: Decision;
  done: number;
  /** Lines that were refused, with the API's words. */
  refused: { id: string; line: string; why: string }[];
}

/** A line and its amount, as dialogs say it. */
export const saidOf = ({ line: { description, amount_cents } }: HeldLineView): string =>
  holdTexts.amount(description, moneyText(amount_cents));

/** What lines come to. */
export const sumOf = (held: readonly HeldLineView[]): string =>
  moneyText(held.reduce((sum, { line }) => sum + line.amount_cents, 0));
