/** The ledger of prepaid credit in D1: what is granted, reserved, consumed, released, expired and taken back, at once and one by one. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CreditEntryView } from '../../../src/contracts/credits.ts';
import { commit } from '../../../src/db/client.ts';
import { ConstraintFailed } from '../../../src/db/failure.ts';
import { invariants } from '../../../src/drift/rules-store.ts';
import { ok } from '../../../src/lib/result.ts';
import { expireCredit } from '../../../src/workflows/billing/expire-credit.ts';
import { grantCredit } from '../../../src/workflows/billing/grant-credit.ts';
import { consumeCredit, releaseCredit, reserveCredit } from '../../../src/workflows/billing/reserve-credit.ts';
import { revokeCredit } from '../../../src/workflows/billing/revoke-credit.ts';
import { carryOut } from '../../../src/workflows/deed.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';
import { done, makeContext } from '../../harness/worker/context.ts';

const api = makeApi(Date.parse('2026-11-20T12:00:00.000Z'));
const control = api.bindings['CONTROL'] as D1Database;
const day = 86_400_000;
const context = (now = api.clock.now) => makeContext({ control, shards: [], now });

let drawn = 0;
const invoice = () => `inv_${String(++drawn).padStart(32, '0')}`;
const join = async () => (await signUp(api)).customer.customer_id;
const path = (id: string, more = '') => `/api/customers/${id}/credits${more}`;
const grant = async (id: string, cents: number, expiresAt?: number) => {
  const body = {
    amount_cents: cents,
    reason: 'goodwill',
    ...(expiresAt ? { expires_at: new Date(expiresAt).toISOString() } : {}),
  };
  const answer = await api.call('POST', path(id), { token: rootToken, body });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { credit: CreditEntryView }).credit;
};
const read = async (id: string, token = rootToken) =>
  (await (await api.call('GET', path(id), { token })).json()) as {
    items: CreditEntryView[];
    balance_cents: number;
    total: number;
  };
const reserve = (customerId: string, invoiceId: string, subtotalCents: number, now = api.clock.now) =>
  carryOut(context(now), async () => {
    const { line, writes } = await reserveCredit(context(now), { customerId, invoiceId, subtotalCents });
    return ok({ value: line?.amountCents ?? 0, writes, audit: [] });
  });
const taken = async (...given: Parameters<typeof reserve>) => {
  const outcome = await reserve(...given);
  return outcome.ok ? outcome.value.value : outcome.error;
};
const broken = async () => {
  const rows = ['credit_is_the_sum_of_its_entries', 'invoices_take_the_credit_they_say'].map((name) =>
    context().db.all(invariants[name]?.(api.clock.now) as never),
  );
  return (await Promise.all(rows)).flat();
};

beforeAll(async () => {
  await ensureCluster(api);
});

describe('credit', () => {
  it('is given, and read by its customer without the name of who gave it', async () => {
    const made = await signUp(api);
    const id = made.customer.customer_id;
    const credit = await grant(id, 5000, api.clock.now + day);
    expect(credit).toMatchObject({ kind: 'grant', amount_cents: 5000, balance_cents: 5000, actor: 'admin:root' });
    expect(await read(id, made.api_key)).toMatchObject({
      balance_cents: 5000,
      total: 1,
      items: [
        { credit_id: credit.credit_id, actor: 'staff', reason: 'goodwill', expires_at: '2026-11-21T12:00:00.000Z' },
      ],
    });
    const own = await api.call('POST', path(id), { token: made.api_key, body: { amount_cents: 1, reason: 'mine' } });
    expect(own.status).toBe(403);
    const past = { amount_cents: 1, reason: 'r', expires_at: '2026-11-20T12:00:00.000Z' };
    expect((await api.call('POST', path(id), { token: rootToken, body: past })).status).toBe(422);
  });

  it('that is larger than the invoice stays with its rest', async () => {
    const id = await join();
    await grant(id, 5000);
    expect(await taken(id, invoice(), 2900)).toBe(-2900);
    expect(await taken(id, invoice(), 2900)).toBe(-2100);
    expect(await taken(id, invoice(), 2900)).toBe(0);
    expect((await read(id)).balance_cents).toBe(0);
  });

  it('of a void invoice is back, once, and can be taken again; of a final one it is spent', async () => {
    const id = await join();
    await grant(id, 1000);
    const [first, second] = [invoice(), invoice()];
    await taken(id, first, 700);
    await commit(context().db, consumeCredit(context(), first));
    await commit(context().db, releaseCredit(context(), first));
    await commit(context().db, releaseCredit(context(), first));
    expect(
      (await read(id)).items.map(({ kind, amount_cents: cents, balance_cents: left }) => [kind, cents, left]),
    ).toEqual([
      ['release', 700, 1000],
      ['apply', -700, 300],
      ['grant', 1000, 1000],
    ]);
    expect(await taken(id, first, 700)).toBe(0);
    expect(await taken(id, second, 5000)).toBe(-1000);
    expect(await broken()).toEqual([]);
  });

  it('is reserved once an invoice, however often its draft is rated', async () => {
    const id = await join();
    await grant(id, 1000);
    const draft = invoice();
    expect(await Promise.all([taken(id, draft, 600), taken(id, draft, 600)])).toEqual([-600, -600]);
    expect(await taken(id, draft, 600)).toBe(-600);
    expect((await read(id)).balance_cents).toBe(400);
  });

  it('is never spent twice by two drafts at once', async () => {
    const id = await join();
    await grant(id, 1000);
    const both = await Promise.all([taken(id, invoice(), 800), taken(id, invoice(), 800)]);
    expect(both.toSorted()).toEqual([-200, -800].toSorted());
    expect((await read(id)).balance_cents).toBe(0);
    // What was planned before somebody else took it is refused by the ledger itself.
    await grant(id, 500);
    const plans = await Promise.all(
      [invoice(), invoice()].map((invoiceId) =>
        reserveCredit(context(), { customerId: id, invoiceId, subtotalCents: 500 }),
      ),
    );
    await commit(context().db, plans[0]?.writes ?? []);
    await expect(commit(context().db, plans[1]?.writes ?? [])).rejects.toThrow(ConstraintFailed);
    expect((await read(id)).balance_cents).toBe(0);
  });

  it('ends with its time, but what an invoice has reserved before', async () => {
    const id = await join();
    await grant(id, 1000, api.clock.now + day);
    const draft = invoice();
    await taken(id, draft, 400);
    const later = context(api.clock.now + day);
    expect(await taken(id, invoice(), 100, later.now)).toBe(0);
    await expireCredit(later);
    await expireCredit(later);
    expect((await read(id)).items.map(({ kind, amount_cents: cents }) => [kind, cents])).toEqual([
      ['expire', -600],
      ['apply', -400],
      ['grant', 1000],
    ]);
    await commit(later.db, releaseCredit(later, draft));
    expect(await taken(id, invoice(), 100, later.now)).toBe(0);
    await expireCredit(later);
    expect((await read(id)).balance_cents).toBe(0);
    expect(await broken()).toEqual([]);
  });

  it('is taken back only while nothing of it is used', async () => {
    const id = await join();
    const [whole, used] = [await grant(id, 1000), await grant(id, 500, api.clock.now + day)];
    await taken(id, invoice(), 200);
    const revoke = (credit: string) =>
      api.call('POST', path(id, `/${credit}/revoke`), { token: rootToken, body: { reason: 'a mistake' } });
    const refused = await revoke(used.credit_id);
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([409, 'credit_used']);
    expect((await revoke(whole.credit_id)).status).toBe(200);
    expect((await revoke(whole.credit_id)).status).toBe(409);
    expect((await revoke(`crd_${'0'.repeat(32)}`)).status).toBe(404);
    const other = await join();
    expect(
      (await api.call('POST', path(other, `/${used.credit_id}/revoke`), { token: rootToken, body: { reason: 'r' } }))
        .status,
    ).toBe(404);
    expect((await read(id)).balance_cents).toBe(300);
    expect((await read(id)).items[0]).toMatchObject({ kind: 'refund', amount_cents: -1000, reason: 'a mistake' });
  });

  it('that does not add up is seen by the invariants', async () => {
    const id = await join();
    await grant(id, 1000);
    await taken(id, invoice(), 400);
    expect(await broken()).toEqual([]);
    const change = (sql: string) => control.prepare(sql).bind(id).run();
    await change('UPDATE credit_grants SET left_cents = left_cents + 1 WHERE customer_id = ?');
    await change('UPDATE credit_reservations SET amount_cents = amount_cents + 1 WHERE customer_id = ?');
    expect(await broken()).toHaveLength(2);
    await change('UPDATE credit_grants SET left_cents = left_cents - 1 WHERE customer_id = ?');
    await change('UPDATE credit_reservations SET amount_cents = amount_cents - 1 WHERE customer_id = ?');
  });

  it('cannot be changed in the ledger by anybody', async () => {
    const id = await join();
    await grant(id, 1000);
    const change = (sql: string) => control.prepare(sql).bind(id).run();
    await expect(change('UPDATE credit_entries SET amount_cents = 1 WHERE customer_id = ?')).rejects.toThrow(
      'append-only',
    );
    await expect(change('DELETE FROM credit_entries WHERE customer_id = ?')).rejects.toThrow('append-only');
  });
});

type Step =
  | { kind: 'grant'; cents: number; days: number | null }
  | { kind: 'pass'; days: number }
  | { kind: 'draft'; cents: number }
  | { kind: 'two'; cents: number }
  | { kind: 'final' | 'void' | 'revoke'; which: number }
  | { kind: 'cron' };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('grant' as const),
      cents: fc.integer({ min: 1, max: 5000 }),
      days: fc.option(fc.integer({ min: 1, max: 40 })),
    }),
    fc.record({ kind: fc.constant('pass' as const), days: fc.integer({ min: 1, max: 15 }) }),
    fc.record({ kind: fc.constantFrom('draft' as const, 'two' as const), cents: fc.nat(6000) }),
    fc.record({ kind: fc.constantFrom('final' as const, 'void' as const, 'revoke' as const), which: fc.nat(9) }),
    fc.record({ kind: fc.constant('cron' as const) }),
  ),
  { minLength: 4, maxLength: 14 },
);

/** A customer whose credit is used in every way; `act` does one step, and what it left behind is looked at after each. */
async function ledgerOf() {
  const id = await join();
  const drafts: string[] = [];
  const grants: string[] = [];
  const draft = async (cents: number, now: number) => {
    const invoiceId = invoice();
    const credit = await taken(id, invoiceId, cents, now);
    expect(credit).toBeLessThanOrEqual(0);
    expect(-(credit as number)).toBeLessThanOrEqual(cents);
    drafts.push(invoiceId);
  };
  const give = async (cents: number, days: number | null, now: number) => {
    const expires = days === null ? {} : { expires_at: new Date(now + days * day).toISOString() };
    const made = await done(context(now), (c) => grantCredit(c, id, { amount_cents: cents, reason: 'r', ...expires }));
    if (made.ok) grants.push(made.value.creditId);
  };
  const act = async (step: Step, now: number): Promise<unknown> => {
    const at = context(now);
    switch (step.kind) {
      case 'pass':
        return null;
      case 'cron':
        return await expireCredit(at);
      case 'draft':
        return await draft(step.cents, now);
      case 'two':
        return await Promise.all([draft(step.cents, now), draft(step.cents, now)]);
      case 'grant':
        return await give(step.cents, step.days, now);
      case 'revoke':
        return await done(at, (c) =>
          revokeCredit(c, { customerId: id, creditId: grants[step.which] ?? '', reason: 'r' }),
        );
      case 'final':
        return await commit(at.db, consumeCredit(at, drafts[step.which] ?? ''));
      case 'void':
        return await commit(at.db, releaseCredit(at, drafts[step.which] ?? ''));
    }
  };
  return { id, act };
}

it('never goes below nothing, and adds up, whatever happens in whatever order', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (story) => {
      const { id, act } = await ledgerOf();
      let now = api.clock.now;
      for (const step of story) {
        if (step.kind === 'pass') now += step.days * day;
        await act(step, now);
        const { items, balance_cents: balance } = await read(id);
        expect(balance).toBeGreaterThanOrEqual(0);
        expect(items.reduce((sum, { amount_cents: cents }) => sum + cents, 0)).toBe(balance);
        expect(items[0]?.balance_cents ?? 0).toBe(balance);
      }
      expect(await broken()).toEqual([]);
    }),
    { numRuns: 12, seed: 14 },
  );
});
