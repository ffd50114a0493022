/** Words of Stripe's events, drift and invariants. */
import type { DriftKind, DriftSide } from '../../../src/contracts/drift.ts';
import type { EventState } from '../../../src/contracts/webhooks.ts';

export const eventTexts = {
  intro:
    'What Stripe has told us. Each event says which object has changed; the object is then fetched, so that an event may come twice or late.',
  label: 'Events of Stripe',
  search: 'Event, object, customer or type',
  state: 'State',
  anyState: 'Every state',
  states: {
    received: 'Waits',
    processed: 'Done',
    ignored: 'Ignored',
    failed: 'Failed, is tried again',
    dead: 'Given up',
  } satisfies Record<EventState, string>,
  columns: {
    event: 'Event',
    type: 'Type',
    state: 'State',
    object: 'Object',
    customer: 'Customer',
    received: 'Received',
    processed: 'Done',
    attempts: 'Attempts',
    error: 'Last error',
    fetchSeq: 'Fetch',
  },
  filters: {
    type: (type: string) => `Type: ${type}`,
    customer_id: (id: string) => `Customer: ${id}`,
  },
  emptyTitle: 'No events',
  empty:
    'Stripe has told us nothing yet. Its endpoint must lead to /api/webhooks/stripe; Catch up asks for what has not come.',
  toList: 'All events of Stripe',
  facts: 'What became of it',
  payload: 'As it was signed',
  replay: {
    label: 'Process again',
    title: 'Process this event again?',
    what: ['The object that it names is fetched anew and applied. What is applied already changes nothing.'],
    done: 'It waits for its turn.',
  },
  replayDead: {
    label: 'Process given up ones again',
    title: 'Process all events again that were given up?',
    what: ['Five of them a second. The progress is shown here.'],
  },
  catchUp: {
    label: 'Catch up',
    title: 'Ask Stripe for what has not come?',
    what: [
      'Stripe lists its own events; what is not here is taken in. Cron does the same each hour.',
      'Stripe keeps 30 days. Without a day all of them are looked at.',
    ],
    from: 'From this day on, UTC (optional)',
  },
} as const;

export const driftTexts = {
  intro: 'Where our rows and Stripe differ, compared both ways each night. What is still on its way is no drift.',
  label: 'Differences',
  which: 'Which',
  opens: { true: 'Open', false: 'Decided, or gone' },
  kind: 'Kind',
  anyKind: 'Every kind',
  kinds: {
    customer: 'Customer',
    subscription: 'Subscription',
    state: 'State',
    amount: 'Amount',
    item: 'Item',
    price: 'Price',
  } satisfies Record<DriftKind, string>,
  side: 'Where',
  sides: { stripe: 'Only at Stripe', tenantry: 'Only here', both: 'On both sides' } satisfies Record<DriftSide, string>,
  columns: {
    object: 'Object',
    customer: 'Customer',
    expected: 'We have',
    found: 'Stripe has',
    since: 'Since',
    fix: 'What a fix does',
    id: 'Id',
    actions: 'Do',
  },
  byHand: 'Only by hand',
  lastRun: (compared: number, found: number) =>
    `Last compared: ${compared} objects, ${found === 1 ? '1 difference' : `${found} differences`}, at`,
  neverRun: 'Nothing was compared yet.',
  emptyTitle: 'No differences',
  empty: {
    open: 'When both sides were last compared, they said the same.',
    other: 'Nothing was decided yet. A difference moves here when somebody decides about it.',
  },
  run: {
    label: 'Compare now',
    title: 'Compare our rows with Stripe?',
    what: ['Both ways, all customers and prices. Nothing is changed. One comparison runs at a time.'],
    begun: (id: string) => `The comparison ${id} is under way; what it finds appears here.`,
  },
  fix: {
    label: 'Fix',
    title: 'Mend this difference?',
    what: ({ fix, expected, found }: { fix: string; expected: string; found: string }) => [
      `This will ${fix}.`,
      `We have: ${expected}. Stripe has: ${found}.`,
    ],
    stands: 'It can be mended now.',
  },
  ignore: {
    label: 'Ignore',
    title: 'Let this difference be?',
    what: ['It is not reported any more while it stays as it is. It stands in the audit log under your name.'],
  },
} as const;

export const invariantTexts = {
  intro: 'Rules that our own ledger must keep. Each is a question that must find no row; cron asks each hour.',
  label: 'Rules of the ledger',
  columns: { name: 'Rule', state: 'State', checked: 'Checked', rows: 'Rows that break it' },
  holds: 'Holds',
  broken: (rows: number) => (rows === 1 ? 'Broken by 1 row' : `Broken by ${rows} rows`),
  allHold: (rules: number) => `All ${rules} rules hold.`,
  someBroken: (broken: number, rules: number) => `${broken} of ${rules} rules ${broken === 1 ? 'is' : 'are'} broken.`,
  rowsOf: (name: string) => `Rows that break ${name}`,
  value: (name: string, value: string) => `${name}: ${value}`,
  emptyTitle: 'Nothing was checked yet',
  empty: 'Cron checks each hour; Check now does it at once.',
  run: {
    label: 'Check now',
    title: 'Check every rule now?',
    what: ['Nothing is changed. Rules that are checked a part at a time go on from where they are.'],
  },
} as const;
