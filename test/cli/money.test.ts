/** `credits` and `spend-cap`: money in dollars, cents on the wire, and what happens at 100 % said in words. */
import { describe, expect, it } from 'vitest';
import { creditAnswer, creditList, grantBody, revokeCreditBody } from '../../src/contracts/credits.ts';
import { capAnswer, capBody } from '../../src/contracts/spend-caps.ts';
import { callApi, customerId } from './harness.ts';
import { get, post, type Route, standIn } from './stand-in.ts';

const creditId = `crd_${'a'.repeat(32)}`;
const at = '2026-11-21T10:00:00.000Z';
const entry = {
  credit_id: creditId,
  kind: 'grant' as const,
  amount_cents: 4990,
  balance_cents: 4990,
  expires_at: null,
  invoice_id: null,
  reason: 'goodwill',
  actor: 'admin:root',
  created_at: at,
};
const credits = '/api/customers/:id/credits';

describe('credits', () => {
  it('grant takes dollars and says the balance', async () => {
    const route = post(credits, grantBody, 201, creditAnswer, { success: true, credit: entry });
    const args = ['credits', 'grant', customerId, '--amount', '49.90', '--reason', 'goodwill', '--expires', '30d'];
    const { exit, lines, heard } = await callApi(args, standIn([route]));
    expect(exit).toBe(0);
    expect(heard[0]?.body).toEqual({ amount_cents: 4990, reason: 'goodwill', expires_at: '2026-12-21T10:00:00.000Z' });
    expect(lines[0]).toContain('has $49.90 of credit');
    for (const amount of ['49.999', '-5', 'ten']) {
      const wrong = ['credits', 'grant', customerId, '--amount', amount, '--reason', 'r'];
      expect(await callApi(wrong, standIn([route]))).toMatchObject({ exit: 2, heard: [] });
    }
  });

  it('list shows the ledger and the balance', async () => {
    const list = { items: [entry], total: 1, page: 1, limit: 20, balance_cents: 4990 };
    const { lines } = await callApi(['credits', 'list', customerId], standIn([get(credits, creditList, list)]));
    expect(lines[1]?.split(/ {2,}/)).toEqual([
      '2026-11-21 10:00',
      'grant',
      '$49.90',
      '$49.90',
      '-',
      creditId,
      '-',
      'goodwill',
    ]);
    expect(lines.at(-1)).toBe('balance $49.90');
  });

  it('revoke asks before it takes credit back', async () => {
    const taken = { ...entry, kind: 'refund' as const, amount_cents: -4990, balance_cents: 0 };
    const route = post(`${credits}/:credit/revoke`, revokeCreditBody, 200, creditAnswer, {
      success: true,
      credit: taken,
    });
    const args = ['credits', 'revoke', customerId, '--credit', creditId, '--reason', 'a mistake'];
    expect(await callApi(args, standIn([route]))).toMatchObject({ exit: 2, heard: [] });
    const { lines } = await callApi([...args, '-y'], standIn([route]));
    expect(lines[0]).toContain('$49.90 are taken back');
  });
});

describe('spend-cap', () => {
  const path = '/api/customers/:id/spend-cap';
  const cap = {
    cap_cents: 20_000,
    action: 'suspend' as const,
    used_cents: 15_000,
    used_percent: 75,
    overshoot_cents: 763,
    unbounded_since: null,
    state: 'below' as const,
    reached_at: null,
    period: { start: at, end: '2026-12-21T10:00:00.000Z' },
    events: [],
  };

  it('show says what happens at 100 % and how far it can be overshot, in words', async () => {
    const show = async (shown: object | null) => {
      const route = get(path, capAnswer, { success: true, cap: shown });
      return (await callApi(['spend-cap', 'show', customerId], standIn([route]))).lines.join('\n');
    };
    const text = await show(cap);
    expect(text).toContain('$200.00');
    expect(text).toContain('the instance is stopped until the cap is raised');
    expect(text).toContain('at most $7.63 above it');
    expect(await show({ ...cap, overshoot_cents: null, unbounded_since: at })).toContain(
      'usage is missing since 2026-11-21 10:00',
    );
    expect(await show(null)).toContain('No spend cap is set');
  });

  it('set and remove call the API with cents', async () => {
    const told = (shown: object | null) => ({
      path,
      status: 200,
      answer: capAnswer,
      tell: () => ({ success: true, cap: shown }),
    });
    const routes: Route[] = [
      { method: 'PUT', body: capBody, ...told(cap) },
      { method: 'DELETE', ...told(null) },
    ];
    const args = ['spend-cap', 'set', customerId, '--cap', '200', '--action', 'suspend'];
    expect((await callApi(args, standIn(routes))).heard[0]?.body).toEqual({ cap_cents: 20_000, action: 'suspend' });
    expect((await callApi(['spend-cap', 'remove', customerId], standIn(routes))).exit).toBe(2);
    expect((await callApi(['spend-cap', 'remove', customerId, '-y'], standIn(routes))).exit).toBe(0);
  });
});
