/** Words of the console that its list of pages and several of its pages use. */
export const consoleTexts = {
  customers: 'Customers',
  customer: 'Customer',
  reviews: 'Reviews',
  clusters: 'Clusters',
  catalogue: 'Catalogue',
  change: 'Change the catalogue',
  organisations: 'Organisations',
  organisation: 'Organisation',
  outbox: 'Outbox',
  events: 'Events of Stripe',
  event: 'Event of Stripe',
  drift: 'Drift',
  invariants: 'Invariants',
  credentials: 'Credentials',
  yes: 'Yes',
  no: 'No',
} as const;
