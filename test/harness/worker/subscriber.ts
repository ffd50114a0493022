/** A customer as the tests of its subscription see it: everything that a change of state must have changed together. */
import type { SubscriptionStatus } from '../../../src/contracts/customers.ts';
import { type Api, signUp } from './api.ts';

/** What is read of a customer; kinds of notices in the order in which they were planned. */
export interface Seen {
  status: SubscriptionStatus;
  suspended_for: string | null;
  phase: string;
  verb: string | null;
  /** Of the newest licence. */
  licence: string;
  revoked: boolean;
  live_keys: number;
  deactivated: boolean;
  notices: string[];
  stripe: string[];
  changes: number;
}

export function subscribers(api: Api) {
  const control = api.bindings['CONTROL'] as D1Database;

  async function see(customerId: string): Promise<Seen> {
    const [row, notices, stripe] = await Promise.all([
      control
        .prepare(
          `SELECT s.status, s.suspended_for, d.phase,
            (SELECT verb FROM jobs WHERE customer_id = ?1 ORDER BY created_at DESC, rowid DESC LIMIT 1) verb,
            l.action licence, l.revoked_at IS NOT NULL revoked, c.deactivated_at IS NOT NULL deactivated,
            (SELECT count(*) FROM credentials WHERE kind = 'account' AND owner_id = ?1 AND revoked_at IS NULL) live_keys,
            (SELECT count(*) FROM audit_log WHERE subject = ?1 AND action = 'subscription.changed') changes
          FROM subscriptions s JOIN customers c ON c.id = s.customer_id JOIN deployments d ON d.customer_id = s.customer_id
          JOIN licences l ON l.customer_id = s.customer_id AND l.in_force = 1 WHERE s.customer_id = ?1`,
        )
        .bind(customerId)
        .first<Record<string, unknown>>(),
      control.prepare('SELECT kind FROM notices WHERE customer_id = ? ORDER BY rowid').bind(customerId).all(),
      control
        .prepare(
          "SELECT kind FROM outbox WHERE kind LIKE 'stripe_%' AND kind <> 'stripe_customer' AND json_extract(payload, '$.customer_id') = ? ORDER BY rowid",
        )
        .bind(customerId)
        .all(),
    ]);
    const { revoked, deactivated, ...others } = row ?? {};
    const kinds = ({ results }: D1Result) => results.map((found) => String((found as { kind: string }).kind));
    return {
      ...(others as unknown as Seen),
      revoked: revoked === 1,
      deactivated: deactivated === 1,
      notices: kinds(notices),
      stripe: kinds(stripe),
    };
  }

  /** Sets columns of the subscription: what webhooks and other deeds have brought about. */
  async function set(customerId: string, columns: Record<string, string | number | null>): Promise<void> {
    const names = Object.keys(columns);
    await control
      .prepare(`UPDATE subscriptions SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE customer_id = ?`)
      .bind(...Object.values(columns), customerId)
      .run();
  }

  const join = async (columns: Record<string, string | number | null> = {}): Promise<string> => {
    const { customer_id: id } = (await signUp(api)).customer;
    if (Object.keys(columns).length > 0) await set(id, columns);
    return id;
  };

  return { control, see, set, join };
}
