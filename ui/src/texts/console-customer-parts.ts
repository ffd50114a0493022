/** Words of the parts of one customer: usage, cost, licence, keys, members, audit. */
export const usageTexts = {
  label: 'Usage',
  range: 'How far back',
  days: { 7: '7 days', 30: '30 days', 90: '90 days', 400: '400 days' },
  by: 'By',
  granularity: { day: 'By day', window: 'By window' },
  columns: {
    end: 'Until',
    namespace: 'Namespace',
    instance: 'Instance',
    cpu: 'CPU, core hours',
    memory: 'Memory, GB hours',
    storage: 'Storage, GB',
    sent: 'Sent, GB',
    received: 'Received, GB',
    requests: 'HTTP requests',
    seen: 'Seen',
  },
  whole: 'Whole',
  unseen: (length: string) => `${length} not seen`,
  notWhole: 'Not whole',
  totals: 'Totals of these days',
  emptyTitle: 'No usage',
  empty:
    'Nothing was reported in these days. A window appears when its exporter has reported it, within minutes of its end.',
  gaps: {
    title: 'Gaps',
    label: 'Gaps in the usage',
    intro: (shown: number, total: number) => `The oldest ${shown} of ${total}.`,
    columns: { from: 'From', to: 'To', windows: 'Windows', namespace: 'Namespace', reason: 'Why', details: 'What' },
    reasons: {
      missing: 'Nobody reported it',
      unavailable: 'The exporter could not measure it',
      partial: 'Not seen whole',
    },
    detail: (field: string, thing: string | null, reason: string, length: string) =>
      `${field}${thing === null ? '' : ` of ${thing}`}: ${reason}, ${length}`,
    emptyTitle: 'No gaps',
    empty: 'Every window of these days was reported and seen whole.',
  },
} as const;

export const costTexts = {
  period: 'Period',
  running: 'The running one',
  facts: {
    period: 'Period',
    kind: 'Kind',
    plan: 'Plan',
    complete: 'All windows are there',
    invoiceable: 'Is invoiced',
    total: 'Total',
    forecast: 'Expected at its end',
    range: 'Four of five such forecasts end between',
  },
  kinds: { trial: 'Trial', paid: 'Paid', manual: 'By the month' },
  to: (from: string, to: string) => `${from} – ${to}`,
  label: 'Lines of the cost',
  columns: {
    description: 'What',
    quantity: 'Used',
    included: 'Included',
    billable: 'Billed',
    price: 'Price',
    amount: 'Amount',
    reason: 'Why',
    from: 'From',
    to: 'To',
  },
  quantity: (quantity: string, unit: string) => `${quantity} ${unit}`,
  price: (dollars: string, unit: string) => `$${dollars} / ${unit}`,
  emptyTitle: 'No lines',
  empty: 'The period has no usage and no fee yet: lines come with the first hour that is reported.',
} as const;

export const licenceTexts = {
  title: 'Licence in force',
  none: 'No licence is in force: it was revoked. A change of plan, a reactivation or Issue anew makes one.',
  facts: {
    plan: 'Plan',
    status: 'Subscription',
    issued: 'Issued',
    expires: 'Expires',
    jti: 'Id',
    limits: 'Limits',
    features: 'Features',
  },
  unlimited: 'unlimited',
  entitlement: (name: string, value: string) => `${name}: ${value}`,
  history: 'Licences ever issued',
  columns: { at: 'Issued', action: 'Because', plan: 'Plan', revoked: 'Revoked', reason: 'Reason', id: 'Id' },
  emptyTitle: 'No licences',
  empty: 'A licence is issued at signup and at every change of plan.',
  revoke: {
    label: 'Revoke licence',
    title: 'Revoke the licences of this customer?',
    what: [
      'Every licence of the customer is refused from its next check on; the instance then does what it does without one.',
      'A change of plan or state issues a new one, and so does Issue anew.',
    ],
  },
  reissue: {
    label: 'Issue anew',
    title: 'Issue a new licence?',
    what: ['A licence of what the customer has now is issued and fetched by its instance. A revoked one is replaced.'],
  },
} as const;

export const keyTexts = {
  label: 'Account keys',
  columns: {
    id: 'Key',
    name: 'Name',
    created: 'Made',
    used: 'Last used on',
    expires: 'Expires',
    revoked: 'Revoked',
    actions: 'Do',
  },
  emptyTitle: 'No keys',
  empty: 'A customer gets its first key at signup.',
  secret: 'Account key',
  make: {
    label: 'Make a key',
    title: 'Make a further account key?',
    what: ['It can do whatever the customer can. It is shown once; hand it over on a safe way.'],
    name: 'Name (optional)',
  },
  rotate: {
    label: 'Rotate',
    title: 'Replace this key?',
    what: ['A new key is made and shown once. The old one works on for a day, so that it can be exchanged.'],
  },
  revoke: {
    label: 'Revoke',
    title: 'Revoke this key?',
    what: ['Whatever uses it is refused from now on. The last key of a customer is not revoked.'],
  },
} as const;

export const memberTexts = {
  label: 'Members',
  columns: { email: 'Email', role: 'Role', created: 'Since', signedIn: 'Last signed in', actions: 'Do' },
  roles: { viewer: 'Viewer', billing: 'Billing', owner: 'Owner' },
  emptyTitle: 'No members',
  empty: 'Nobody can sign in for this customer. Add somebody, who gets a link by mail.',
  add: {
    label: 'Add a member',
    title: 'Let somebody sign in for this customer?',
    what: ['They get a link by mail, which signs in once, and choose a password then.'],
    email: 'Email',
    role: 'Role',
  },
  remove: {
    label: 'Remove',
    title: 'Take this member away?',
    what: (email: string) => [`${email} can sign in for this customer no more, and their sessions end.`],
  },
} as const;

export const auditTexts = {
  label: 'Audit log, newest first',
  search: 'Who, what or id',
  by: (actor: string) => `by ${actor}`,
  entry: (name: string, value: string) => `${name}: ${value}`,
  request: (id: string) => `Request ${id}`,
  emptyTitle: 'Nothing was done',
  empty: 'Everything that changes this customer is written here, with who did it.',
} as const;
