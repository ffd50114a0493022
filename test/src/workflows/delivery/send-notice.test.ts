/** Notices: told once, to those who can act on them, while they are true and not too old. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { commit, openDb } from '../../../../src/db/client.ts';
import { cryptoRandom } from '../../../../src/lib/ids.ts';
import { err, ok } from '../../../../src/lib/result.ts';
import { dayMs } from '../../../../src/lib/time.ts';
import type { Mail, MailFailure } from '../../../../src/mail/port.ts';
import type { Notice } from '../../../../src/notices/notice.ts';
import { deliverOutbox } from '../../../../src/workflows/delivery/deliver-outbox.ts';
import { planNotice } from '../../../../src/workflows/plan-notice.ts';
import { ensureCluster, makeApi } from '../../../harness/worker/api.ts';
import { noInvoicing } from '../../../harness/worker/context.ts';
import { stories } from '../../../harness/worker/sign-in.ts';

const startAt = Date.parse('2026-11-20T12:30:00.000Z');
const api = makeApi(startAt);
const { customer, invite } = stories(api, startAt);
const { CONTROL } = env as unknown as { CONTROL: D1Database };
const db = openDb(CONTROL);
beforeAll(async () => {
  await ensureCluster(api);
});

const plan = (notice: Notice) => planNotice({ random: cryptoRandom, now: startAt }, notice);

/** Delivers every notice that waits, at `now`. */
async function deliver(answer: MailFailure | 'takes it' | null, now = startAt): Promise<Mail[]> {
  const sent: Mail[] = [];
  const { results } = await CONTROL.prepare("SELECT id FROM outbox WHERE kind = 'notice' AND state = 'planned'").all<{
    id: string;
  }>();
  await CONTROL.prepare('UPDATE outbox SET claimed_until = 0').run();
  await deliverOutbox(
    {
      db,
      now: () => now,
      log: () => {},
      stripe: null,
      refresh: async () => ({ outbox: [] }),
      tax: false,
      boundPrice: () => null,
      ...noInvoicing,
      mail: answer && {
        send: async (mail) => {
          sent.push(mail);
          return answer === 'takes it' ? ok(null) : err(answer);
        },
      },
      linkSecrets: () => [],
      publicUrl: 'https://api.test/',
      doorbell: () => null,
    },
    results.map(({ id }) => id),
  );
  return sent;
}

const rowsOf = async (customerId: string) =>
  (
    await CONTROL.prepare(
      "SELECT state, last_error why FROM outbox WHERE kind = 'notice' AND json_extract(payload, '$.customer_id') = ?",
    )
      .bind(customerId)
      .all()
  ).results;

describe('a notice', () => {
  it('goes to the owners and the billing members, a mail each, and to no viewer', async () => {
    const owner = await customer();
    const { customerId, email } = owner;
    const of = (role: string) => `${role}-${customerId}@example.com`;
    for (const role of ['billing', 'viewer']) await invite(owner, of(role), role);
    await commit(db, plan({ customerId, kind: 'trial_ended', about: 'trial', params: {} }).writes);
    const sent = await deliver('takes it');
    expect(sent.map(({ to }) => to).sort()).toEqual([email, of('billing')].sort());
    expect(sent[0]).toMatchObject({
      subject: 'Your trial has ended',
      text: expect.stringContaining('of Company 1 has'),
    });
    expect(await rowsOf(customerId)).toEqual(Array(2).fill({ state: 'confirmed', why: null }));
  });

  it('is told once for what it is about, however often it is planned', async () => {
    const { customerId } = await customer();
    const notice = { customerId, kind: 'suspended', about: 'in_1', params: {} } as const;
    for (let i = 0; i < 3; i++) await commit(db, plan(notice).writes);
    await commit(db, plan({ ...notice, about: 'in_2' }).writes);
    expect(await deliver('takes it')).toHaveLength(2);
  });

  it('has the id of its row delivered at once', async () => {
    const { customerId } = await customer();
    const { writes, outboxId } = plan({ customerId, kind: 'recovered', about: 'x', params: {} });
    await commit(db, writes);
    const row = await CONTROL.prepare('SELECT kind, state FROM outbox WHERE id = ?').bind(outboxId).first();
    expect(row).toEqual({ kind: 'notice', state: 'planned' });
    await deliver('takes it');
  });

  it('is not sent when it is not true any more', async () => {
    const { customerId } = await customer();
    await commit(db, plan({ customerId, kind: 'trial_ending', about: 't', params: { trial_ends_at: startAt } }).writes);
    await CONTROL.prepare("UPDATE subscriptions SET status = 'active' WHERE customer_id = ?").bind(customerId).run();
    expect(await deliver('takes it')).toEqual([]);
    expect(await rowsOf(customerId)).toEqual([{ state: 'dropped', why: 'not_true_any_more' }]);
  });

  it('waits for a mail server, three days at most', async () => {
    const { customerId } = await customer();
    await commit(db, plan({ customerId, kind: 'trial_ended', about: 't', params: {} }).writes);
    await deliver(null);
    expect(await rowsOf(customerId)).toEqual([{ state: 'planned', why: 'mail_not_configured' }]);
    await deliver({ kind: 'unreachable', code: 'smtp_421' });
    expect(await rowsOf(customerId)).toEqual([{ state: 'planned', why: 'smtp_421' }]);
    expect(await deliver('takes it', startAt + 3 * dayMs)).toEqual([]);
    expect(await rowsOf(customerId)).toEqual([{ state: 'dropped', why: 'too_late' }]);
  });

  it('that an address refuses is left for a person to see', async () => {
    const { customerId } = await customer();
    await commit(db, plan({ customerId, kind: 'trial_ended', about: 't', params: {} }).writes);
    await deliver({ kind: 'refused', code: 'smtp_550' });
    expect(await rowsOf(customerId)).toEqual([{ state: 'never', why: 'smtp_550' }]);
  });
});
