/** Every id is `{prefix}_` + 32 lower-case hex digits (128 bits). This table is the only place where prefixes are named. */
const prefixes = {
  organisation: 'org',
  customer: 'cust',
  reporter: 'rep',
  cluster: 'clu',
  credential: 'key',
  session: 'ses',
  link: 'lnk',
  member: 'mem',
  job: 'job',
  lease: 'lease',
  admin: 'adm',
  provisioner: 'prv',
  outbox: 'out',
  audit: 'aud',
  simulation: 'sim',
  statement: 'stm',
  batch: 'bat',
  deadLetter: 'dead',
  review: 'rvw',
  correction: 'cor',
  drift: 'drf',
  driftRun: 'drun',
  pendingSignup: 'sgn',
  invoice: 'inv',
  invoiceLine: 'lin',
  credit: 'crd',
  request: 'req',
} as const;

/** The nouns that have an id. */
export type IdKind = keyof typeof prefixes;

/** Sixteen random bytes, injected so that rules stay pure and tests repeatable. */
export type Random = (bytes: number) => Uint8Array;

/** The platform's randomness, for the entries (routes, consumers, cron). */
export const cryptoRandom: Random = (bytes) => crypto.getRandomValues(new Uint8Array(bytes));

/** Lower-case hex of some bytes. */
export const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');

/** A new id of the kind, e.g. `cust_0f…` (32 hex). */
export const newId = (kind: IdKind, random: Random): string => `${prefixes[kind]}_${hex(random(16))}`;

/** The pattern of an id of the kind, anchored. */
export const idPattern = (kind: IdKind): RegExp => new RegExp(`^${prefixes[kind]}_[0-9a-f]{32}$`);

/** First 8 hex of a customer id: names the namespace `customer-{shortId}`, the release `c{shortId}` and the host. */
export const shortIdOf = (customerId: string): string => customerId.slice('cust_'.length, 'cust_'.length + 8);

/** The namespace of a customer's own instance. */
export const namespaceOf = (shortId: string): string => `customer-${shortId}`;
