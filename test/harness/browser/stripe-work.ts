/** Events of Stripe, differences and rules of the ledger in the API's place, in states that an outage of days leads to. */
import type { BrowserContext } from 'playwright-core';
import type { AnswerTo } from '../../../src/contracts/call.ts';
import type { DriftView, InvariantView } from '../../../src/contracts/drift.ts';
import { fixDrift, readInvariants } from '../../../src/contracts/routes/drift.ts';
import type { readEvent } from '../../../src/contracts/routes/webhooks.ts';

type Event = AnswerTo<typeof readEvent>;

export const event: Event = {
  event_id: 'evt_1',
  type: 'invoice.payment_failed',
  object_id: 'in_1',
  customer_id: `cust_${'2'.repeat(32)}`,
  state: 'dead',
  attempts: 20,
  fetch_seq: 3,
  received_at: '2026-11-20T10:00:00.000Z',
  processed_at: null,
  error: { code: 'stripe_unavailable', message: '<b>Stripe does not answer</b>' },
  payload: { id: 'evt_1', data: { object: { id: 'in_1', description: '<script>1</script>' } } },
};

const listOf = <T>(items: T[]) => ({ items, total: items.length, page: 1, limit: 20 });

/** There is one event, which is so; its page has it too. */
export const withEvent =
  (of: Partial<Event> = {}) =>
  async (context: BrowserContext): Promise<void> => {
    const { payload, ...item } = { ...event, ...of };
    await context.route('**/api/webhooks/events?*', (route) => route.fulfill({ json: listOf([item]) }));
    await context.route(`**/api/webhooks/events/${item.event_id}`, (route) =>
      route.fulfill({ json: { ...item, payload } }),
    );
  };

export const difference: DriftView = {
  drift_id: `drf_${'1'.repeat(32)}`,
  kind: 'state',
  side: 'both',
  object_id: 'sub_1',
  customer_id: `cust_${'2'.repeat(32)}`,
  expected: 'active',
  found: 'past_due',
  since: '2026-11-20T10:00:00.000Z',
  fix: 'apply what Stripe says to our rows',
};

/** There is one difference, until it is decided about; `decided` collects what was sent. */
export const withDrift =
  (decided: { path: string; body: unknown; isPreview: boolean }[] = []) =>
  async (context: BrowserContext): Promise<void> => {
    const isOpen = () => decided.every(({ isPreview }) => isPreview);
    await context.route('**/api/drift?*', (route) =>
      route.fulfill({
        json: {
          ...listOf(isOpen() ? [difference] : []),
          last_run: { run_id: 'run_1', finished_at: '2026-11-21T02:00:00.000Z', compared: 4_242, found: 1 },
        },
      }),
    );
    await context.route(`**${fixDrift.path.replace(/:driftId.*/, '')}${difference.drift_id}/*`, (route) => {
      const url = new URL(route.request().url());
      const isPreview = url.searchParams.has('preview');
      decided.push({ path: url.pathname, body: route.request().postDataJSON(), isPreview });
      return route.fulfill({ json: { success: true, drift: difference } });
    });
  };

/** The rules are so. */
export const withInvariants =
  (items: InvariantView[]) =>
  async (context: BrowserContext): Promise<void> => {
    await context.route(`**${readInvariants.path}`, (route) => route.fulfill({ json: { items } }));
  };
