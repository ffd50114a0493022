/** Words of reviews, clusters, organisations, the outbox and credentials. */
const reviews = (count: number): string => (count === 1 ? '1 review' : `${count} reviews`);

const jobs = (count: number, isMore: boolean): string =>
  count === 1 && !isMore ? '1 job' : `${count}${isMore ? ' or more' : ''} jobs`;

export const reviewTexts = {
  intro: 'Reports that would change what was reported before, and wait for a person.',
  label: 'Reviews',
  state: 'State',
  states: { open: 'Open', superseded: 'Answered by a later report', accepted: 'Accepted', rejected: 'Rejected' },
  columns: {
    customer: 'Customer',
    window: 'Window',
    namespace: 'Namespace',
    why: 'Why it waits',
    change: 'What it changes',
    delta: 'It moves by itself',
    held: 'Held since',
    decision: 'Decision',
    id: 'Id',
    actions: 'Do',
  },
  reasons: {
    lowered: 'It lowers a quantity by more than a fifth',
    late: 'It came more than 48 hours after its window',
    revision_conflict: 'It says otherwise under the same revision',
    repeated: 'The window was changed often already',
    corrected: 'It says otherwise than a correction',
  },
  change: (field: string, before: string, after: string) => `${field}: ${before} → ${after}`,
  incomplete: 'It was not seen whole.',
  same: 'No quantity differs.',
  until: '–',
  decided: (by: string, reason: string) => `${by}: ${reason}`,
  select: (customer: string, end: string) => `Choose the review of ${customer}, ${end}`,
  emptyTitle: 'No reviews',
  empty: 'Nothing waits. A report that lowers usage, or comes more than 48 hours late, appears here.',
  emptyOther: 'No review is in this state. Those that are open wait for a decision.',
  accept: {
    one: 'Accept',
    many: (count: number) => `Accept ${reviews(count)}`,
    title: (count: number) => `Let ${reviews(count)} take effect?`,
    what: [
      'What was proposed replaces what stands, and the cost of a period that is not closed is reckoned anew.',
      'It stands in the audit log under your name.',
    ],
    /** Allowances are pooled: it is no sum of what the list says. */
    together: (money: string) => `Together they move ${money}.`,
  },
  reject: {
    one: 'Reject',
    many: (count: number) => `Reject ${reviews(count)}`,
    title: (count: number) => `Leave what stands, against ${reviews(count)}?`,
    what: ['What was proposed takes no effect. It stands in the audit log under your name.'],
  },
  result: (done: number, refused: number) =>
    refused === 0 ? `Decided: ${reviews(done)}` : `Decided: ${reviews(done)}, refused: ${refused}`,
  refused: {
    not_found: 'gone',
    review_closed: 'closed already',
    window_too_old: 'its window is too old to be changed',
    window_not_owned: 'another reporter reports its window now',
    unavailable: 'the database did not answer: try again',
  },
  refusedOne: (id: string, why: string) => `${id}: ${why}`,
  clear: 'Choose none',
} as const;

export const clusterTexts = {
  intro: 'Where deployments run, how much room is left there, and whether anything keeps jobs from it.',
  label: 'Clusters',
  columns: {
    cluster: 'Cluster',
    room: 'Namespaces',
    services: 'Services at most',
    health: 'Health',
    storage: 'Storage class',
    queue: 'Queue',
    created: 'Since',
    actions: 'Do',
  },
  room: (used: number, max: number) => `${used} of ${max}`,
  roomOf: (cluster: string) => `Namespaces of ${cluster}`,
  well: 'No job of it has failed',
  paused: (reason: string) => `Paused: ${reason}`,
  failing: (count: number, isMore: boolean) => `${jobs(count, isMore)} failed`,
  waiting: (count: number, isMore: boolean) => `${jobs(count, isMore)} tried again`,
  unknown: 'Not known',
  emptyTitle: 'No clusters',
  empty: 'Customers need one: register the cluster, make a token for its provisioner, and start the provisioner there.',
  create: {
    label: 'Register a cluster',
    title: 'Register a cluster?',
    what: [
      'New customers are placed there from now on, while it has room. Nothing is installed: its provisioner does that.',
    ],
    id: 'Name, such as eu-west-1',
    queue: 'Binding of its doorbell queue, such as DOORBELL_EU_WEST_1',
    max: 'Namespaces at most',
    storage: 'Storage class',
  },
  token: {
    label: 'Provisioner token',
    title: 'Make a token for a provisioner?',
    what: (cluster: string) => [
      `Whoever has it takes jobs of ${cluster} and reads the secrets of its deployments. It is shown once.`,
    ],
  },
  key: {
    label: 'Cluster key',
    title: 'Make a cluster key?',
    what: (cluster: string) => [`Whoever has it reports usage of every customer in ${cluster}. It is shown once.`],
  },
} as const;

export const organisationTexts = {
  intro: 'Who has customers in common, and where their people sign in.',
  label: 'Organisations',
  columns: { name: 'Name', slug: 'Short name', issuer: 'Signs in at', created: 'Since', id: 'Id' },
  emptyTitle: 'No organisations',
  empty: 'A signup makes one; Make an organisation makes one for several customers.',
  create: {
    label: 'Make an organisation',
    title: 'Make an organisation?',
    what: ['It has no customers at first, and nobody can sign in until its issuer is set.'],
    name: 'Name',
    slug: 'Short name (optional)',
  },
  toList: 'All organisations',
  issuer: {
    title: 'Issuer',
    none: 'Nobody can sign in for this organisation: it has no issuer.',
    facts: {
      issuer: 'Issuer',
      audience: 'Audience',
      client: 'Client',
      secret: 'Has a client secret',
      keys: 'Keys at',
      redirect: 'Its redirect address',
      set: 'Set',
    },
    remove: {
      label: 'Remove the issuer',
      title: 'Trust this issuer no more?',
      what: ['Its tokens are refused and the sessions of its people end, at once. It can be set again.'],
    },
  },
  projects: {
    title: 'Projects',
    label: 'Namespaces',
    columns: {
      namespace: 'Namespace',
      cluster: 'Cluster',
      customer: 'Customer',
      attached: 'Attached',
      detached: 'Detached',
      actions: 'Do',
    },
    emptyTitle: 'No projects',
    empty: 'A customer of the organisation brings its own namespace; further ones are attached.',
    attach: {
      label: 'Attach a namespace',
      title: 'Attach a namespace to a customer?',
      what: ['It is measured from now on, and what it uses is on the bill of the customer.'],
      cluster: 'Cluster',
      namespace: 'Namespace',
      customer: 'Id of the customer',
    },
    detach: {
      label: 'Detach',
      title: 'Detach this namespace?',
      what: (namespace: string) => [
        `${namespace} is measured to the end of this hour, and not any more. What was measured stays and is billed.`,
      ],
    },
  },
} as const;

export const outboxTexts = {
  intro:
    'What must leave the system: to Stripe, to mail, to the queues. What the other side refused waits for a person.',
  label: 'Outbox',
  state: 'State',
  states: { never: 'Refused', planned: 'Planned', sent: 'Sent', confirmed: 'Confirmed', dropped: 'Given up' },
  columns: {
    kind: 'What',
    subject: 'About',
    state: 'State',
    attempts: 'Attempts',
    error: 'Last error',
    created: 'Since',
    sent: 'Sent',
    next: 'Next attempt',
    actions: 'Do',
  },
  emptyTitle: 'Nothing here',
  empty: {
    refused: 'The other side has refused nothing: everything is sent by itself.',
    other: 'Nothing is in this state. Choose another one above.',
  },
  retry: {
    label: 'Send again',
    title: 'Send this again?',
    what: ['It is sent under a new key, as if for the first time: make sure that it did not arrive before.'],
  },
  drop: {
    label: 'Give up',
    title: 'Give this up for good?',
    what: ['It is never sent. What depends on it does not happen: a customer at Stripe, a mail, a job.'],
  },
} as const;

export const credentialTexts = {
  intro: 'Keys and tokens of every kind, without their secrets.',
  label: 'Credentials',
  kind: 'Kind',
  anyKind: 'Every kind',
  columns: {
    id: 'Id',
    kind: 'Kind',
    owner: 'Of',
    name: 'Name',
    role: 'Role',
    created: 'Made',
    used: 'Last used on',
    expires: 'Expires',
    revoked: 'Revoked',
    actions: 'Do',
  },
  roles: { viewer: 'Viewer', operator: 'Operator', owner: 'Owner' },
  emptyTitle: 'No credentials',
  empty: 'Make an admin token for everybody who works with Tenantry.',
  secret: 'Admin token',
  make: {
    label: 'Make an admin token',
    title: 'Make an admin token?',
    what: ['Whoever has it may do what its role says, under its name in the audit log. It is shown once.'],
    name: 'Name',
    role: 'Role',
  },
  overlaps: { 0: 'It ends at once', 86400: 'A day', 604800: 'Seven days', 2592000: 'Thirty days' },
  rotate: {
    label: 'Rotate',
    title: 'Make a new one in the place of this credential?',
    what: ['The new one has the same name, role and length of life. It works at once and is shown once.'],
    overlap: 'How long the old one works on',
    secret: 'New secret',
  },
  revoke: {
    label: 'Revoke',
    title: 'Revoke this credential?',
    what: ['Whatever uses it is refused from now on, and sessions that were opened with it end.'],
  },
} as const;

export const gapsTexts = {
  intro:
    'Windows of usage that nobody reported, or that were not seen whole: what is missing of each customer’s last days.',
  label: 'Gaps of all customers',
  columns: { company: 'Company', newest: 'Newest gaps' },
  gap: (namespace: string, windows: number, why: string) =>
    `${namespace}, ${windows === 1 ? '1 window' : `${windows} windows`}: ${why}`,
  more: (count: number) => `and ${count} older`,
  emptyTitle: 'No customers',
  empty: 'There is nobody whose usage could be missing. A customer appears here with its signup.',
} as const;
