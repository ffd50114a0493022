/** Addresses of the customer's own pages. */
export const overviewAddress = '/';
export const planAddress = '/plan';
export const usageAddress = '/usage';
export const costAddress = '/cost';
export const billingAddress = '/billing';
export const licenceAddress = '/licence';
export const keysAddress = '/keys';
export const membersAddress = '/members';
export const signInsAddress = '/account';
export const invoicesAddress = '/account/invoices';
export const statementsAddress = '/account/statements';

/** An invoice, line by line. */
export const invoiceAddress = (id: string): string => `${invoicesAddress}/${encodeURIComponent(id)}`;

/** The check of an invoice's statement. */
export const checkOfInvoice = (invoice: string): string => `${statementsAddress}?${new URLSearchParams({ invoice })}`;

/** The cost of a billing period. @param start as the API has it */
export const costOfPeriod = (start: string): string => `${costAddress}?${new URLSearchParams({ period: start })}`;

/** The hours of a UTC day. @param day such as 2026-11-03 */
export const hoursOfDay = (day: string): string => `${usageAddress}?${new URLSearchParams({ day })}`;

/** The usage and the gaps of a stretch of time. @param period as the API has it */
export const usageOfPeriod = ({ start, end }: { start: string; end: string }): string =>
  `${usageAddress}?${new URLSearchParams({ from: start, to: end })}`;
