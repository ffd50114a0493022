/** The states that the demo's customers are left in, as the API tells them. */
import type { Ask } from '../../dev/demo/api.ts';
import { listCustomers } from '../../src/contracts/routes/customers.ts';
import { readSubscription } from '../../src/contracts/routes/subscriptions.ts';

/**
 * All that there are, but what passes in moments (a stack that is pending or being deleted) and `incomplete`, which needs a platform
 * without a trial. A subscription has its status, why its stack stands, and whether it is cancelled for the end of what is paid for.
 */
export const statesOfDemo = {
  subscriptions: [
    'active',
    'active, spend_cap',
    'active, until the end',
    'canceled',
    'past_due',
    'paused',
    'suspended, trial_ended',
    'suspended, unpaid',
    'trialing',
  ],
  deployments: ['deleted', 'failed', 'provisioning', 'ready', 'suspended'],
};

/** Each once, in order. */
export async function statesIn(admin: Ask): Promise<typeof statesOfDemo> {
  const { items } = await admin(listCustomers, { query: { limit: 100 } });
  const subscriptions = await Promise.all(
    items.map(async ({ customer_id: customerId }) => {
      const { subscription } = await admin(readSubscription, { params: { customerId } });
      const { status, suspended_for, cancel_at } = subscription;
      const ends = cancel_at !== null && status !== 'canceled' ? 'until the end' : null;
      return [status, suspended_for, ends].filter((part) => part !== null).join(', ');
    }),
  );
  const sorted = (states: string[]): string[] => [...new Set(states)].sort();
  return {
    subscriptions: sorted(subscriptions),
    deployments: sorted(items.map(({ deployment_status }) => deployment_status)),
  };
}
