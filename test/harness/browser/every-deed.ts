/** A platform on which there is something for every button: jobs, letters, reviews, keys, people, projects in their states. */
import type { BrowserContext } from 'playwright-core';
import { demoApi } from '../../../dev/demo/api.ts';
import { pullQueue } from '../../../dev/queue/settings.ts';
import { makeAccountKey } from '../../../src/contracts/routes/account-keys.ts';
import { correctUsage } from '../../../src/contracts/routes/corrections.ts';
import { grantCredit } from '../../../src/contracts/routes/credits.ts';
import { deactivateCustomer } from '../../../src/contracts/routes/customers.ts';
import { listDeadLetters } from '../../../src/contracts/routes/dead-letters.ts';
import { makeOrganisationKey } from '../../../src/contracts/routes/organisation-keys.ts';
import { attachProject, createOrganisation, listOrganisations } from '../../../src/contracts/routes/organisations.ts';
import { pauseQueue } from '../../../src/contracts/routes/queue-orders.ts';
import { addMember } from '../../../src/contracts/routes/sessions.ts';
import { setSpendCap } from '../../../src/contracts/routes/spend-caps.ts';
import { listReviews, rejectReview } from '../../../src/contracts/routes/usage-admin.ts';
import { iso, minuteMs } from '../../../src/lib/time.ts';
import { eventually } from '../eventually.ts';
import type { TestPlatform } from '../platform.ts';
import { heldInvoiceId } from './invoice-work.ts';
import { withoutSignInLimits } from './member.ts';
import { organisation, organisationWork } from './organisation-work.ts';
import { backOff, queueWork, withoutProvisioner } from './queue-work.ts';
import { event } from './stripe-work.ts';
import { withMinutes } from './usage-work.ts';
import { hostileName as hostile, hostileEmail } from './words.ts';

/** The platform's environment for it. */
export const forEveryDeed = {
  ...withoutProvisioner,
  ...withMinutes,
  ...withoutSignInLimits,
  RATE_LIMIT_AUTH: 'off',
  LOG_LEVEL: 'warn',
};

/** Ids that stand for a page's `:name`, all that show something else. */
export type Ids = Readonly<Record<string, readonly string[]>>;

export async function everyDeed(platform: TestPlatform): Promise<Ids> {
  const { ready } = platform;
  const work = queueWork(platform);
  const { admin } = work;
  const customer = await work.customer(hostile);
  const failed = await work.fail();
  const gone = await work.customer('Cobalt');
  await admin.call(deactivateCustomer, { params: { customerId: gone }, body: {} });
  const params = { customerId: customer };
  await admin.call(makeAccountKey, { params, body: { name: hostile } });
  await admin.call(grantCredit, { params, body: { amount_cents: 100, reason: hostile } });
  await admin.call(setSpendCap, { params, body: { cap_cents: 1_000_000, action: 'notify' } });
  await admin.call(addMember, { params, body: { email: hostileEmail, role: 'viewer' } });

  const { items } = await admin.call(listOrganisations, { query: { limit: 100 } });
  const organisationId = items.find(({ slug }) => slug === organisation)?.organisation_id ?? '';
  const organisations = organisationWork(platform);
  const shop = await organisations.project(hostile, { team: hostile });
  const body = { cluster_id: ready.cluster_id, namespace: 'foreign', customer_id: shop.customerId };
  await admin.call(attachProject, { params: { organisationId }, body });
  await admin.call(createOrganisation, { body: { name: hostile, slug: 'hostile' } });
  await admin.call(makeOrganisationKey, { query: { organisation }, body: { name: hostile } });

  await shop.use(10);
  await shop.useLess(1);
  const [review] = (
    await eventually(
      () => admin.call(listReviews, {}),
      ({ total }) => total > 0,
    )
  ).items;
  const reviewId = review?.review_id ?? '';
  await admin.call(rejectReview, { params: { reviewId }, body: { reason: hostile } });
  const window_end = await shop.use(10);
  await admin.call(correctUsage, {
    params: { customerId: shop.customerId },
    body: {
      kind: 'void',
      instance_id: 'test',
      window_start: iso(Date.parse(window_end) - minuteMs),
      window_end,
      reason: hostile,
    },
  });
  await shop.use(10);
  await shop.useLess(1);
  const embedded = demoApi(ready, new AbortController().signal);
  await embedded.push(pullQueue('tenantry-usage').id, 'not a message of ours');
  await eventually(
    async () => (await admin.call(listReviews, {})).total * (await admin.call(listDeadLetters, {})).total,
    (found) => found > 0,
  );
  const delayed = await work.fail({ ...backOff, retryable: true });
  // What is delayed stays so.
  await embedded.clock({ hold: true });
  await admin.call(pauseQueue, { body: { cluster_id: ready.cluster_id, reason: hostile } });
  return {
    customerId: [customer, gone],
    jobId: [failed, delayed],
    organisationId: [organisationId],
    namespace: [shop.namespace],
    eventId: [event.event_id],
    invoiceId: [heldInvoiceId],
  };
}

const refused = {
  outbox_id: `out_${'1'.repeat(32)}`,
  kind: 'stripe.customer',
  state: 'never',
  subject: `cust_${'2'.repeat(32)}`,
  attempts: 3,
  last_error: hostile,
  created_at: '2026-11-20T10:00:00.000Z',
  sent_at: null,
  next_at: '2026-11-20T11:00:00.000Z',
};

/** What Stripe would have refused: the platform's own refuses nothing. */
export async function withRefusedOutbox(context: BrowserContext): Promise<void> {
  await context.route('**/api/outbox?*state=never*', (route) =>
    route.fulfill({ json: { items: [refused], total: 1, page: 1, limit: 20 } }),
  );
}
