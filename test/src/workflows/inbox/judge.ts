/** What a life at Stripe has left behind here: whether it is Stripe's end of it, and whether anything happened twice. */
import type { Json } from '../../../harness/worker/stripe-events.ts';
import type { Life } from './life.ts';

export function judgeOf(control: D1Database) {
  const rows = async (sql: string, ...bind: string[]) =>
    (
      await control
        .prepare(sql)
        .bind(...bind)
        .all<Record<string, unknown>>()
    ).results;

  /** What a life has left behind, counted: a second time nothing of it may grow. */
  async function leftOf(customerId: string): Promise<Json> {
    const count = async (sql: string) => (await rows(sql, customerId))[0]?.['n'];
    return {
      licences: await count('SELECT count(*) n FROM licences WHERE customer_id = ?'),
      periods: await count('SELECT count(*) n FROM billing_periods WHERE customer_id = ?'),
      plans: await count('SELECT count(*) n FROM plan_changes WHERE customer_id = ?'),
      jobs: await count('SELECT count(*) n FROM jobs WHERE customer_id = ?'),
      generation: await count('SELECT spec_generation n FROM deployments WHERE customer_id = ?'),
      notices: await count('SELECT count(*) n FROM notices WHERE customer_id = ?'),
      mails: await count(
        "SELECT count(*) n FROM outbox WHERE kind = 'notice' AND json_extract(payload, '$.customer_id') = ?",
      ),
      audit: await count('SELECT count(*) n FROM audit_log WHERE subject = ?'),
    };
  }

  /** Where ours is not Stripe's. */
  async function differences(customerId: string, life: Life): Promise<string[]> {
    const [ours = {}] = await rows('SELECT * FROM subscriptions WHERE customer_id = ?', customerId);
    const [kept = {}] = await rows('SELECT * FROM stripe_objects WHERE id = ?', life.subscriptionId);
    const [invoice = {}] = await rows('SELECT * FROM stripe_objects WHERE id = ?', life.invoiceId);
    const changes = await rows('SELECT plan FROM plan_changes WHERE customer_id = ?', customerId);
    const theirs = life.subscription();
    const expected: Record<string, unknown> = {
      'our status': theirs['status'],
      // Of a subscription that was over when we saw it first nothing but its end is taken over.
      ...(changes.some(({ plan }) => plan === 'professional') ? { 'our plan': 'professional' } : {}),
      'the status that was kept': theirs['status'],
      'the fetch that was kept': kept['fetch_seq'],
      'the invoice that was kept': 'paid',
      'the fetch of the invoice that was kept': invoice['fetch_seq'],
    };
    const found: Record<string, unknown> = {
      'our status': ours['status'],
      'our plan': ours['plan'],
      'the status that was kept': (JSON.parse(String(kept['body'])) as Json | null)?.['status'],
      'the fetch that was kept': kept['applied_seq'],
      'the invoice that was kept': (JSON.parse(String(invoice['body'])) as Json | null)?.['status'],
      'the fetch of the invoice that was kept': invoice['applied_seq'],
    };
    return Object.keys(expected).flatMap((what) =>
      expected[what] === found[what] ? [] : [`${what} is ${found[what]} in the place of ${expected[what]}`],
    );
  }

  /** Effects that happened more than once. */
  async function doubled(customerId: string): Promise<string[]> {
    const faults: string[] = [];
    const changes = await rows(
      "SELECT details FROM audit_log WHERE subject = ? AND action = 'subscription.changed' ORDER BY rowid",
      customerId,
    );
    let status: unknown;
    for (const { details } of changes) {
      const change = JSON.parse(String(details)) as Json;
      if (status !== undefined && change['before'] !== status)
        faults.push(`a change from ${change['before']} after ${status}`);
      status = change['status'];
    }
    const licences = await rows('SELECT claims, action FROM licences WHERE customer_id = ? ORDER BY rowid', customerId);
    const said = licences.map(({ claims }) => {
      const { iat: _iat, jti: _jti, exp: _exp, ...rest } = JSON.parse(String(claims)) as Json;
      return JSON.stringify(rest);
    });
    said.forEach((claims, n) => {
      if (n > 0 && claims === said[n - 1]) faults.push(`licence ${n} says what the one before said`);
    });
    const mails = await rows(
      `SELECT json_extract(payload, '$.notice') || ' ' || json_extract(payload, '$.about') what, count(*) n FROM outbox
      WHERE kind = 'notice' AND json_extract(payload, '$.customer_id') = ? GROUP BY 1 HAVING n > 1`,
      customerId,
    );
    faults.push(...mails.map(({ what, n }) => `${n} mails of ${what}`));
    const open = await rows('SELECT count(*) n FROM billing_periods WHERE customer_id = ? AND open = 1', customerId);
    if (Number(open[0]?.['n']) > 1) faults.push(`${open[0]?.['n']} open periods`);
    return faults;
  }

  return { leftOf, differences, doubled };
}
