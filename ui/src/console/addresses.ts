/** Addresses of the console. */
export const consoleAddress = '/console';
export const customersAddress = `${consoleAddress}/customers`;
export const reviewsAddress = `${consoleAddress}/reviews`;
export const correctionsAddress = `${consoleAddress}/corrections`;
export const gapsAddress = `${consoleAddress}/gaps`;
export const invoicesAddress = `${consoleAddress}/invoices`;
export const holdsAddress = `${consoleAddress}/holds`;
export const brakeAddress = `${consoleAddress}/billing-brake`;
export const clustersAddress = `${consoleAddress}/clusters`;
export const catalogueAddress = `${consoleAddress}/catalogue`;
export const changeAddress = `${catalogueAddress}/change`;
export const organisationsAddress = `${consoleAddress}/organisations`;
export const outboxAddress = `${consoleAddress}/outbox`;
export const webhooksAddress = `${consoleAddress}/webhooks`;
export const driftAddress = `${consoleAddress}/drift`;
export const invariantsAddress = `${consoleAddress}/invariants`;
export const credentialsAddress = `${consoleAddress}/credentials`;

export const customerAddress = (id: string): string => `${customersAddress}/${encodeURIComponent(id)}`;

/** What a customer used, with the gaps. */
export const usageOfCustomer = (id: string): string => `${customerAddress(id)}?tab=usage`;

export const eventAddress = (id: string): string => `${webhooksAddress}/${encodeURIComponent(id)}`;

export const organisationAddress = (id: string): string => `${organisationsAddress}/${encodeURIComponent(id)}`;

/** The subscribers of a plan. */
export const subscribersOf = (plan: string): string => `${customersAddress}?${new URLSearchParams({ plan })}`;

/** What was corrected of a customer's usage. */
export const correctionsOfCustomer = (customer_id: string): string =>
  `${correctionsAddress}?${new URLSearchParams({ customer_id })}`;

export const invoiceAddress = (id: string): string => `${invoicesAddress}/${encodeURIComponent(id)}`;

/** What a customer was billed. */
export const invoicesOfCustomer = (customer_id: string): string =>
  `${invoicesAddress}?${new URLSearchParams({ customer_id })}`;

/** Lines that wait for approval, of a customer. */
export const holdsOfCustomer = (customer_id: string): string =>
  `${holdsAddress}?${new URLSearchParams({ customer_id })}`;

/** The same, of an invoice. */
export const holdsOfInvoice = (invoice_id: string): string => `${holdsAddress}?${new URLSearchParams({ invoice_id })}`;

/** What Stripe has told us about a customer. */
export const eventsOfCustomer = (customer_id: string): string =>
  `${webhooksAddress}?${new URLSearchParams({ customer_id })}`;
