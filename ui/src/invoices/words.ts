/** Parts of an invoice as text. */
import type { InvoiceHead, InvoiceView } from '../../../src/contracts/invoices.ts';
import { common } from '../texts/common.ts';
import { invoiceTexts as texts } from '../texts/invoices.ts';

const dayOf = (at: string): string => at.slice(0, 10);

/** The days of a period, `2026-01-18 to 2026-02-18`. */
export const spanText = ({ start, end }: { start: string; end: string }): string =>
  texts.span(dayOf(start), dayOf(end));

export const periodText = ({ period }: Pick<InvoiceHead, 'period'>): string =>
  period === null ? common.none : spanText(period);

const isOver = ({ state }: Pick<InvoiceHead, 'state'>): boolean => ['paid', 'uncollectible', 'void'].includes(state);

/** Its number, or whether one is to come: of nothing to be paid there is no invoice at Stripe, and never a number. */
export const numberText = (invoice: Pick<InvoiceHead, 'number' | 'state'>): string =>
  invoice.number ?? (isOver(invoice) ? texts.noNumber : texts.noNumberYet);

/** Its number; its id while it has none. */
export const nameOf = ({ number, invoice_id }: Pick<InvoiceHead, 'number' | 'invoice_id'>): string =>
  number ?? invoice_id;

/** Whether Stripe has it as a draft: its sums may change. */
export const isUnfinished = ({ finalized_at }: Pick<InvoiceHead, 'finalized_at'>): boolean => finalized_at === null;

/** Whether its lines are fixed and on their way to Stripe: a draft that still waits has none of ours, or says for what it waits. */
export const isOnItsWay = ({ state, hold, lines }: Pick<InvoiceView, 'state' | 'hold' | 'lines'>): boolean =>
  state === 'finalizing' || (state === 'draft' && hold === null && lines.some(({ by }) => by === 'tenantry'));
