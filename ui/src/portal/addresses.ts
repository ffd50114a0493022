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
export const statementsAddress = '/account/statements';

/** The cost of a billing period. @param start as the API has it */
export const costOfPeriod = (start: string): string => `${costAddress}?${new URLSearchParams({ period: start })}`;

/** The hours of a UTC day. @param day such as 2026-11-03 */
export const hoursOfDay = (day: string): string => `${usageAddress}?${new URLSearchParams({ day })}`;
