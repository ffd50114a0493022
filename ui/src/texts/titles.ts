/** Titles of pages, apart from the other words of their parts: every page loads them, for the navigation. */
export const titles = {
  portal: {
    overview: 'Overview',
    plan: 'Plan',
    usage: 'Usage',
    cost: 'Cost',
    invoices: 'Invoices',
    invoice: 'Invoice',
    billing: 'Billing',
    statements: 'Check a bill',
    licence: 'Licence',
    keys: 'Account keys',
    members: 'Members',
    signIns: 'Your sign-in',
  },
  queue: {
    jobs: 'Queue',
    job: 'Job',
    causes: 'Causes of failed jobs',
    letters: 'Dead letters',
    history: 'History of the queue',
  },
  organisation: {
    nav: 'Organisation billing',
    projects: 'Projects',
    project: 'Project',
    summary: 'Summary',
    attribution: 'Attribution',
    exports: 'Export',
    keys: 'Keys for metrics',
    audit: 'Audit',
  },
} as const;
