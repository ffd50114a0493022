/** What `tenantry invoices` and `tenantry billing-brake` ask, ask a person before, and print. */
import { describe, expect, it } from 'vitest';
import { cpuLine } from '../harness/invoice-line.ts';
import { callApi, type Heard, problem, type Told } from './harness.ts';

const invoiceId = `inv_${'a'.repeat(32)}`;
const holdId = `lin_${'b'.repeat(32)}`;
const customerId = `cust_${'c'.repeat(32)}`;
const period = { start: '2026-01-18T10:00:00.000Z', end: '2026-02-18T10:00:00.000Z' };
const head = {
  invoice_id: invoiceId,
  customer_id: customerId,
  stripe_invoice_id: 'in_1',
  number: 'ABC-0002',
  kind: 'cycle',
  period,
  state: 'paid',
  hold: null,
  subtotal_cents: 3180,
  credit_cents: 0,
  tax_cents: 0,
  total_cents: 3180,
  amount_due_cents: 3180,
  due_at: null,
  hosted_url: null,
  late: true,
  shadow: false,
  statement: false,
  finalized_at: '2026-02-18T10:21:00.000Z',
  paid_at: '2026-02-18T10:21:00.000Z',
  created_at: '2026-02-18T10:00:00.000Z',
};
const line = { ...cpuLine(period), allowance: null };
const hold = {
  hold_id: holdId,
  invoice_id: invoiceId,
  customer_id: customerId,
  state: 'released',
  line,
  why: { limit_cents: 200, usual: { factor: 3, cents: 50, times: 5.6 } },
  held_at: '2026-02-18T10:20:00.000Z',
  until: null,
};
const shown: Told = { status: 200, body: { success: true, invoice: { ...head, lines: [line] } } };

describe('invoices', () => {
  it('lists them, and says what is to be known of one', async () => {
    const body = { items: [head], total: 1, page: 1, limit: 20 };
    const { exit, lines, heard } = await callApi(['invoices', customerId, '--state', 'paid'], () => ({
      status: 200,
      body,
    }));
    expect(exit).toBe(0);
    expect(heard[0]).toMatchObject({ method: 'GET', path: '/api/invoices' });
    expect(heard[0]?.query.get('customer_id')).toBe(customerId);
    expect(lines.join('\n')).toMatch(
      /ABC-0002 +cycle +2026-01-18 to 2026-02-18 +paid +\$31\.80 .*went without all usage/,
    );
  });

  it('shows one line by line, with why', async () => {
    const { lines } = await callApi(['invoices', 'show', invoiceId], () => shown);
    expect(lines.join('\n')).toMatch(
      /CPU +2026-01-18 to 2026-02-18 +56 +core-hour +\$2\.80 +tenantry +above 744 core-hours/,
    );
  });

  it('shows of a line what becomes of it, where it is not simply on the invoice', async () => {
    const states = ['held', 'released', 'rejected', 'billed'].map((state) => ({ ...line, state }));
    const body = { success: true, invoice: { ...head, lines: states } };
    const { lines } = await callApi(['invoices', 'show', invoiceId], () => ({ status: 200, body }));
    expect(lines.filter((text) => text.startsWith('CPU')).map((text) => text.split('tenantry  ')[1])).toEqual([
      'waits for approval, not on this invoice; above 744 core-hours included',
      'approved after this invoice, comes with the next one; above 744 core-hours included',
      'not approved, is never billed; above 744 core-hours included',
      'above 744 core-hours included',
    ]);
  });

  it('holds says why a line is held and since when, of one customer or invoice where it is asked for', async () => {
    const held = [
      { ...hold, state: 'held' },
      { ...hold, why: null },
    ];
    const body = { items: held, total: 2, page: 1, limit: 20 };
    const call = ['invoices', 'holds', customerId, '--invoice', invoiceId];
    const { exit, lines, heard } = await callApi(call, () => ({ status: 200, body }));
    expect(exit).toBe(0);
    expect(heard[0]?.query.get('customer_id')).toBe(customerId);
    expect(heard[0]?.query.get('invoice_id')).toBe(invoiceId);
    expect(lines.join('\n')).toMatch(
      /CPU +\$2\.80 +2026-02-18 10:20 +- +above \$2\.00; 5\.6 times the usual \$0\.50, above 3/,
    );
    expect(lines.join('\n')).toMatch(/2026-02-18 10:20 +- +-/);
  });

  describe('finalize', () => {
    const draft = { ...head, number: null, state: 'draft', finalized_at: null, paid_at: null };
    const held = { ...line, line_id: 'held', state: 'held' };
    /** What it would be, and what it is once it was done. */
    const told = ({ query }: Heard): Told =>
      query.get('preview') === 'true'
        ? { status: 200, body: { success: true, invoice: { ...draft, lines: [line, held] } } }
        : shown;
    const call = ['invoices', 'finalize', invoiceId];
    const done = { method: 'POST', path: `/api/invoices/${invoiceId}/finalize`, body: {} };
    const question = `${invoiceId} is billed with the usage that is known now without 1 line that waits for approval: $31.80 to pay. It cannot be changed then. Go on? [y/N] `;

    it('shows what it would come to, line by line, before it asks; refused, nothing is done', async () => {
      const { exit, heard, asked, lines, notes } = await callApi(call, told, 'n');
      expect(exit).toBe(1);
      expect(heard.map(({ query }) => query.get('preview'))).toEqual(['true']);
      expect(asked).toEqual([question]);
      expect(notes.filter((text) => text.startsWith('CPU'))[1]).toContain('waits for approval, not on this invoice');
      expect(notes).toContain('total $31.80, tax $0.00, to pay $31.80');
      expect(lines).toEqual([]);
    });

    it('with --yes does not ask, and with --json prints the answer alone', async () => {
      const yes = await callApi([...call, '--yes'], told);
      expect(yes).toMatchObject({ exit: 0, asked: [], heard: [done, done] });
      expect(yes.heard.map(({ query }) => query.get('preview'))).toEqual(['true', null]);
      expect(yes.lines[0]).toContain('ABC-0002');
      const json = await callApi([...call, '--json'], told, 'y');
      expect(json.asked).toEqual([question]);
      expect(JSON.parse(json.lines.join('\n'))).toMatchObject({ invoice: { state: 'paid' } });
    });

    it('that cannot be, says why before it asks', async () => {
      const refusal = problem('invoice_not_draft', 'what the invoice says is fixed');
      const { exit, asked, heard } = await callApi(call, () => ({ status: 409, body: refusal }), 'y');
      expect(exit).toBe(1);
      expect([asked, heard.length]).toEqual([[], 1]);
    });

    it('without a terminal sends nothing', async () => {
      expect(await callApi(call, told)).toMatchObject({ exit: 2, heard: [] });
    });
  });

  it('release says when the line comes', async () => {
    const call = ['invoices', 'release', holdId, '--reason', 'asked them'];
    const { lines, heard } = await callApi(call, () => ({ status: 200, body: { success: true, hold } }));
    expect(heard[0]).toMatchObject({ path: `/api/invoices/holds/${holdId}/release`, body: { reason: 'asked them' } });
    expect(lines).toEqual(['CPU, $2.80, is billed by the next invoice']);
  });
});

describe('billing-brake', () => {
  const set = {
    mode: 'paused',
    reason: 'a wrong price',
    changed_by: 'admin:root',
    changed_at: '2026-02-18T10:00:00.000Z',
  };
  it('is shown, and set with a reason', async () => {
    const body = { mode: 'live', reason: null, changed_by: null, changed_at: null };
    expect((await callApi(['billing-brake'], () => ({ status: 200, body }))).lines).toEqual([
      'live, as the environment says',
    ]);
    const { heard, lines } = await callApi(['billing-brake', 'paused', '--reason', 'a wrong price'], () => ({
      status: 200,
      body: set,
    }));
    expect(heard[0]).toMatchObject({ method: 'PUT', body: { mode: 'paused', reason: 'a wrong price' } });
    expect(lines).toEqual(['paused, since 2026-02-18 10:00 UTC, admin:root: a wrong price']);
    expect((await callApi(['billing-brake', 'paused'], () => ({ status: 200, body: set }))).exit).toBe(2);
  });
});
