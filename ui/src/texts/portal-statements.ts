/** Words of the page that checks a bill. */
export const statementTexts = {
  intro:
    'Every final invoice has a statement: what was measured, the prices, and the lines, signed. Your browser reads it and works the bill out again by itself: we are not asked whether it is right.',
  part: 'Check this bill',
  file: 'A statement that you have saved',
  fileHelp: 'It stays on your machine.',
  fetch: (invoice: string) => `Fetch and check the statement of ${invoice}`,
  checking: 'Checking',
  right: (total: string) => `The bill is right: ${total} before tax`,
  wrong: 'The bill is not what its statement proves',
  unreadable: 'This cannot be checked',
  broken: 'The check could not be started in this browser.',
  of: (invoice: string, from: string, to: string, windows: string) =>
    `${invoice}, usage from ${from} to ${to}, ${windows} windows.`,
  signature: {
    trusted: 'The signature is by one of our published keys.',
    intact: 'Nobody has changed it since it was signed.',
    wrong: 'The signature is wrong.',
  },
  linesLabel: 'Lines of the bill',
  line: 'Line',
  amount: 'Amount',
  check: 'Check',
  id: 'Id',
  states: {
    right: 'Right',
    wrong: 'Wrong',
    copied: 'Not rated here',
    held: 'Right, held for approval',
    rejected: 'Right, not billed',
  },
  emptyTitle: 'The statement has no lines',
  empty: 'Nothing was used or charged in its period: it comes to zero.',
} as const;
