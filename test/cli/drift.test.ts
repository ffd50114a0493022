/** What `tenantry drift` and `tenantry invariants` ask, ask a person before, and print. */
import { describe, expect, it } from 'vitest';
import { callApi, type Heard, type Told } from './harness.ts';

const driftId = `drf_${'d'.repeat(32)}`;
const drift = {
  drift_id: driftId,
  kind: 'state',
  side: 'both',
  object_id: 'sub_1',
  customer_id: `cust_${'c'.repeat(32)}`,
  expected: 'active',
  found: 'past_due',
  since: '2026-11-21T10:00:00.000Z',
  fix: 'apply what Stripe says to our rows',
};
const told: Told = { status: 200, body: { success: true, drift } };
const sent = (heard: readonly Heard[]) => heard.map(({ method, path, query }) => `${method} ${path}?${query}`);

describe('drift', () => {
  it('lists what differs, and says that nothing was compared yet', async () => {
    const body = { items: [drift], total: 1, page: 1, limit: 20, last_run: null };
    const { exit, lines, heard } = await callApi(['drift'], () => ({ status: 200, body }));
    expect(exit).toBe(0);
    expect(heard[0]?.query.get('open')).toBe('true');
    expect(lines.join('\n')).toMatch(/sub_1 +cust_c+ +active +past_due/);
    expect(lines.at(-1)).toBe('nothing has been compared yet: tenantry drift run');
  });

  it('fix shows what will happen and asks; no leaves it as it is', async () => {
    const call = ['drift', 'fix', driftId, '--reason', 'a webhook was lost'];
    const no = await callApi(call, () => told, 'n');
    expect(no.asked[0]).toContain('ours active, Stripe past_due. What happens: apply what Stripe says to our rows');
    expect(sent(no.heard)).toEqual([`POST /api/drift/${driftId}/fix?preview=true`]);
    const yes = await callApi([...call, '--yes'], () => told);
    expect(yes.exit).toBe(0);
    expect(yes.heard[1]).toMatchObject({ path: `/api/drift/${driftId}/fix`, body: { reason: 'a webhook was lost' } });
  });
});

describe('invariants', () => {
  const items = [{ name: 'trials_end', ok: false, rows: [{ customer_id: 'cust_1' }], checked_at: drift.since }];
  it('is exit code 1 where a rule is broken, with its first row', async () => {
    const { exit, lines, heard } = await callApi(['invariants', '--now'], () => ({ status: 200, body: { items } }));
    expect(exit).toBe(1);
    expect(heard[0]).toMatchObject({ method: 'POST', path: '/api/invariants/run' });
    expect(lines.join('\n')).toMatch(/trials_end +broken by 1 row +\S+ \S+ +\{"customer_id":"cust_1"\}/);
  });
});
