/** Words of the console's invoices, of lines that wait for approval, and of the billing brake. */
import type { BillingMode } from '../../../src/contracts/invoices.ts';

const lines = (count: number): string => (count === 1 ? '1 line' : `${count} lines`);

export const consoleInvoiceTexts = {
  intro:
    'What customers are billed. Usage of a period is on the invoice of its end, once all of it is there or the deadline has come.',
  search: 'Part of a number or an id',
  from: 'Made from (UTC)',
  to: 'Made until (UTC)',
  filters: { customer_id: (id: string) => `Customer: ${id}` },
  customer: 'Customer',
  atStripe: 'At Stripe',
  empty: 'The first one comes when somebody has bought a plan.',
  emptyOfCustomer: 'Nothing was invoiced yet. The first one comes when a plan is bought.',
  toCorrections: 'Corrections of this customer',
  toAll: 'In the list of all invoices',
  heldLines: 'Lines that wait for approval',
  allHeld: (count: number) => `All ${count} of them`,
  toHolds: 'Held lines of this customer',
  finalize: {
    label: 'Finalise now',
    again: 'Finalise again',
    title: 'Bill what is known now?',
    titleAgain: 'Have Stripe finalise it once more?',
    what: [
      'The lines are fixed as of now, put on the draft at Stripe, and the draft is finalised at once.',
      'What is reported later comes with the next invoice, as a line that names its month.',
    ],
    whatAgain: ['Its lines stay as they are. Do this when the cause is mended, which often is an address or a tax id.'],
    waitsFor: (until: string) => `By itself it would go at ${until} UTC at the latest.`,
    without: (count: number, amount: string) =>
      `${lines(count)} of it, ${amount} in all, ${count === 1 ? 'waits' : 'wait'} for approval and would not be on it. Released later, they come with the next invoice.`,
    staysHeld: (line: string, amount: string, id: string) => `Stays held: ${line}, ${amount} (${id})`,
    comesTo: (amount: string) =>
      `By what is known now it comes to ${amount}. Stripe adds tax, and takes discounts off, when it finalises it.`,
    byCard: (company: string, email: string) =>
      `The card of ${company} is charged, and the invoice goes to ${email}. Where Stripe has no card it is to be paid on Stripe’s page.`,
    byInvoice: (company: string, email: string, days: number) =>
      `No card is charged: the invoice goes to ${email} of ${company}, to be paid within ${days} days.`,
    nothingToPay: 'Nobody is charged.',
    late: 'Some usage of its period is not reported yet. It comes with the next invoice.',
    shadow: 'The billing brake is in shadow: lines are computed, and nothing is sent to Stripe.',
    paused: 'The billing brake is on: this is refused until billing is live again.',
  },
} as const;

export const holdTexts = {
  intro:
    'Lines of invoices that are above the amount, or above so many times the customer’s usual, that the settings HOLD_LINE_CENTS and HOLD_LINE_FACTOR allow. Nobody is billed for them until a person says so.',
  label: 'Lines that wait for approval',
  columns: {
    customer: 'Customer',
    invoice: 'Invoice',
    line: 'Line',
    of: 'Usage of',
    amount: 'Amount',
    comes: 'How it comes about',
    why: 'Why it is held',
    since: 'Held since',
    until: 'On this invoice until',
    id: 'Id',
    actions: 'Do',
  },
  why: {
    limit: (amount: string) => `Above ${amount}, the amount that is held from`,
    usual: (times: number, cents: string, factor: number) =>
      `${times} times the usual ${cents}, where more than ${factor} times is held`,
    unknown: 'Not known: it was held before reasons were kept',
  },
  filters: {
    customer_id: (id: string) => `Customer: ${id}`,
    invoice_id: (id: string) => `Invoice: ${id}`,
  },
  nextInvoice: 'Its invoice has gone: with the next one',
  emptyTitle: 'No line waits',
  empty: 'A line appears here when it is unusually high. Without HOLD_LINE_CENTS or HOLD_LINE_FACTOR none is held.',
  select: (line: string, customer: string, invoice: string) => `Choose ${line} of ${customer}, ${invoice}`,
  clear: 'Choose none',
  release: {
    one: 'Release',
    many: (count: number, amount: string) => `Release ${lines(count)}, ${amount}`,
    title: (count: number) => (count === 1 ? 'Bill this line?' : `Bill ${lines(count)}?`),
    what: [
      'A line whose invoice still waits is on that invoice. Otherwise it comes with the customer’s next one, or with one of its own after the subscription’s end.',
      'It stands in the audit log under your name.',
    ],
  },
  reject: {
    one: 'Reject',
    many: (count: number, amount: string) => `Reject ${lines(count)}, ${amount}`,
    title: (count: number) => (count === 1 ? 'Never bill this line?' : `Never bill ${lines(count)}?`),
    what: ['It is never billed, and that cannot be taken back. It stands in the audit log under your name.'],
  },
  amount: (line: string, amount: string) => `${line}: ${amount}`,
  results: {
    release: (count: number) => `Released: ${lines(count)}`,
    reject: (count: number) => `Rejected: ${lines(count)}`,
  },
  refused: (count: number) => `refused: ${lines(count)}`,
  refusedOne: (line: string, why: string) => `${line}: ${why}`,
} as const;

export const brakeTexts = {
  intro: 'Whether invoices are billed, only computed, or kept waiting.',
  part: 'What holds now',
  mode: 'Mode',
  modes: { live: 'Live', shadow: 'Shadow', paused: 'Paused' } satisfies Record<BillingMode, string>,
  meanings: {
    live: 'Usage is put on invoices, and they are finalised. Drafts that have waited are looked at within a minute.',
    shadow:
      'Everything is computed and kept, and nothing is sent to Stripe, which finalises invoices without our lines. What was computed so is not billed later.',
    paused:
      'Nothing is computed or sent, and drafts are kept from being finalised until billing is live again. Nobody is charged for usage or a renewal meanwhile.',
  } satisfies Record<BillingMode, string>,
  meaning: 'What it means',
  since: 'Since',
  by: 'By',
  reason: 'Why',
  never: 'Nobody has set it: BILLING_MODE holds',
  change: 'Change the mode',
  changeTitle: 'Change how all customers are billed?',
  choice: 'Mode from now on',
  ofAll: (mode: string, meaning: string) => `${mode}: ${meaning}`,
  status: {
    live: 'Billing is live',
    shadow: 'Billing is in shadow: nothing is sent to Stripe',
    paused: 'Billing is paused',
  } satisfies Record<BillingMode, string>,
  held: (count: number) =>
    count === 0 ? 'No line waits for approval' : `${lines(count)} ${count === 1 ? 'waits' : 'wait'} for approval`,
  unknown: 'It is not known whether lines wait for approval.',
} as const;
