/** The plans that a customer's history names beside a licence: which one it came from, and which one it is for. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { planChange } from '../../../src/licences/plan-change.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';

const starter = { action: 'generated', plan: 'starter' } as const;
const professional = { action: 'upgraded', plan: 'professional' } as const;

describe('a licence that a change of plan brought', () => {
  it('says from which plan to which, up and down', () => {
    expect(planChange(starter, professional)).toEqual({ oldPlan: 'starter', newPlan: 'professional' });
    const down = { action: 'downgraded', plan: 'starter' } as const;
    expect(planChange(professional, down)).toEqual({ oldPlan: 'professional', newPlan: 'starter' });
  });

  it('is compared with the one before it, whatever that one came for', () => {
    const renewed = { action: 'renewed', plan: 'starter' } as const;
    expect(planChange(renewed, professional)).toEqual({ oldPlan: 'starter', newPlan: 'professional' });
  });

  it('is no other licence: the first one, a renewal, the end of a suspension', () => {
    expect(planChange(undefined, starter)).toEqual({});
    for (const action of ['renewed', 'suspended', 'resumed'] as const) {
      expect(planChange(professional, { action, plan: 'professional' })).toEqual({});
    }
    expect(planChange(undefined, professional)).toEqual({});
  });

  it('is told in the history, newest first, and counted', async () => {
    const api = makeApi();
    await ensureCluster(api);
    const { customer } = await signUp(api);
    const control = (env as unknown as { CONTROL: D1Database }).CONTROL;
    const issue = (jti: string, action: string, plan: string, later: number) =>
      control
        .prepare(
          `INSERT INTO licences (jti, customer_id, action, plan, claims, kid, token_sha256, issued_at, in_force)
           SELECT ?2, customer_id, ?3, ?4, claims, kid, token_sha256, issued_at + ?5, 0 FROM licences
           WHERE customer_id = ?1 AND action = 'generated'`,
        )
        .bind(customer.customer_id, `${customer.customer_id}-${jti}`, action, plan, later)
        .run();
    await issue('a', 'upgraded', 'professional', 1);
    await issue('b', 'renewed', 'professional', 2);
    await issue('c', 'downgraded', 'starter', 3);
    const answer = await api.call('GET', `/api/licenses/${customer.customer_id}/history`, { token: rootToken });
    const { history, statistics } = (await answer.json()) as {
      history: { action: string; metadata: { oldPlan?: string; newPlan?: string } }[];
      statistics: object;
    };
    expect(history.map(({ action, metadata }) => [action, metadata.oldPlan, metadata.newPlan])).toEqual([
      ['downgraded', 'professional', 'starter'],
      ['renewed', undefined, undefined],
      ['upgraded', 'starter', 'professional'],
      ['generated', undefined, undefined],
    ]);
    expect(statistics).toMatchObject({ totalGenerations: 4, byPlan: { starter: 2, professional: 2 } });
  });
});
