/** An application that does not report: what that leaves incomplete, and what not. */
import { describe, expect, it } from 'vitest';
import type { SignupAnswer } from '../../../../src/contracts/customers.ts';
import type { GapsAnswer } from '../../../../src/contracts/usage.ts';
import { admin, at, control, deployed, report } from './deployed.ts';

const gapsOf = async ({ customer }: SignupAnswer) => {
  const answer = await admin('GET', `/api/usage/${customer.customer_id}/gaps?days=1`);
  return ((await answer.json()) as GapsAnswer).items.map(({ instance_id, from, to, reason }) => ({
    of: instance_id.slice(0, 3),
    from: from.slice(11, 16),
    to: to.slice(11, 16),
    reason,
  }));
};

describe('an application that reports nothing', () => {
  it('leaves nothing incomplete where the plan bills nothing of it', async () => {
    const { made, k8s } = await deployed();
    at('10:20');
    await report(made, k8s, `k8s-${made.customer.short_id}`, '10:00', { cpu_hours: 1 });
    expect(await gapsOf(made)).toEqual([]);
    const cost = await admin('GET', `/api/usage/${made.customer.customer_id}/cost`);
    expect(await cost.json()).toMatchObject({ complete: true });
  });

  it('is no more missed for having said itself that it did not see an hour', async () => {
    const { made, k8s, app } = await deployed();
    at('10:20');
    await report(made, k8s, `k8s-${made.customer.short_id}`, '10:00', { cpu_hours: 1 });
    await report(made, app, `app-${made.customer.short_id}`, '10:00', { complete: false });
    expect(await gapsOf(made)).toEqual([]);
  });

  it('is missed where the plan bills it, from the hour on in which that plan begins', async () => {
    const { made, k8s } = await deployed();
    const changed = "UPDATE plan_changes SET plan_version = '2026-11-application' WHERE customer_id = ?";
    at('10:20');
    await report(made, k8s, `k8s-${made.customer.short_id}`, '10:00', { cpu_hours: 1 });
    await control.prepare(changed).bind(made.customer.customer_id).run();
    expect(await gapsOf(made)).toEqual([{ of: 'app', from: '09:00', to: '10:00', reason: 'missing' }]);

    const before = `INSERT INTO plan_changes (customer_id, effective_at, plan, plan_version)
      SELECT customer_id, ${Date.parse('2026-11-19T00:00:00Z')}, plan, '2026-11' FROM plan_changes WHERE customer_id = ?`;
    await control.prepare(before).bind(made.customer.customer_id).run();
    const later = `UPDATE plan_changes SET effective_at = ${Date.parse('2026-11-20T10:30:00Z')}
      WHERE customer_id = ? AND plan_version = '2026-11-application'`;
    await control.prepare(later).bind(made.customer.customer_id).run();
    at('11:20');
    await report(made, k8s, `k8s-${made.customer.short_id}`, '11:00', { cpu_hours: 1 });
    expect(await gapsOf(made)).toEqual([{ of: 'app', from: '10:00', to: '11:00', reason: 'missing' }]);
  });
});
