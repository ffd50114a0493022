/** What time does to a subscription: trials, grace, cancellations and deletions, each once, with all that follows in one batch. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { queryLoads } from '../../../../src/clusters/store.ts';
import { openDb } from '../../../../src/db/client.ts';
import { ensureCluster, makeApi, rootToken } from '../../../harness/worker/api.ts';
import { subscribers } from '../../../harness/worker/subscriber.ts';

const hour = 3_600_000;
const day = 24 * hour;
const begin = Date.parse('2026-11-20T12:00:00.000Z');
const api = makeApi(begin);
const { control, see, set, join } = subscribers(api);
beforeAll(async () => {
  await ensureCluster(api);
});
beforeEach(() => {
  api.clock.now = begin;
});

/** Cron at that many days after the begin. */
const tickAt = async (days: number) => {
  api.clock.now = begin + days * day;
  await api.tick();
};
const read = (id: string) => api.call('GET', `/api/customers/${id}`, { token: rootToken });
const periodsOf = async (id: string) =>
  (
    await control
      .prepare('SELECT kind, open FROM billing_periods WHERE customer_id = ? ORDER BY start_at')
      .bind(id)
      .all()
  ).results;

describe('a trial', () => {
  it('ends unpaid: stopped, said by the licence, told once, and no period follows', async () => {
    const id = await join();
    await tickAt(13.99);
    expect(await see(id)).toMatchObject({ status: 'trialing', phase: 'running', licence: 'generated' });
    await tickAt(14);
    const after = await see(id);
    expect(after).toEqual({
      status: 'suspended',
      suspended_for: 'trial_ended',
      phase: 'suspended',
      verb: 'suspend',
      licence: 'suspended',
      revoked: false,
      live_keys: 1,
      deactivated: false,
      notices: ['trial_ending', 'trial_ended'],
      stripe: [],
      changes: 1,
    });
    await tickAt(14.01);
    await tickAt(60);
    expect(await see(id)).toEqual(after);
    expect(await periodsOf(id)).toEqual([{ kind: 'trial', open: 0 }]);
  });

  it('is ended once by many crons beside one another', async () => {
    const id = await join();
    api.clock.now = begin + 14 * day;
    await Promise.all(Array.from({ length: 4 }, () => api.tick()));
    expect(await see(id)).toMatchObject({ status: 'suspended', changes: 1, notices: ['trial_ended'] });
    const issued = await control.prepare('SELECT count(*) n FROM licences WHERE customer_id = ?').bind(id).first('n');
    expect(issued).toBe(2);
  });

  it('is reminded of three days before its end, once', async () => {
    const id = await join();
    await tickAt(10.99);
    expect((await see(id)).notices).toEqual([]);
    await tickAt(11);
    await tickAt(11.5);
    expect((await see(id)).notices).toEqual(['trial_ending']);
  });

  it('that was extended is reminded of again, and ends at its new end', async () => {
    const id = await join();
    await tickAt(11);
    await set(id, { trial_ends_at: begin + 20 * day });
    await tickAt(14);
    expect(await see(id)).toMatchObject({ status: 'trialing', notices: ['trial_ending'] });
    await tickAt(17);
    expect((await see(id)).notices).toEqual(['trial_ending', 'trial_ending']);
    await tickAt(20);
    expect(await see(id)).toMatchObject({ status: 'suspended', suspended_for: 'trial_ended' });
  });

  it('that is paid for, or that somebody has cancelled, is not reminded of', async () => {
    const paying = await join({ status: 'active' });
    const leaving = await join({ cancel_at: begin + 14 * day });
    await tickAt(12);
    expect([(await see(paying)).notices, (await see(leaving)).notices]).toEqual([[], []]);
  });

  it('of a day is not reminded of at its very beginning', async () => {
    const id = await join({ trial_ends_at: begin + day });
    await tickAt(0.5);
    expect((await see(id)).notices).toEqual([]);
  });

  it('that is cancelled ends as cancelled, and not as unpaid', async () => {
    const id = await join({ cancel_at: begin + 14 * day });
    await tickAt(14);
    expect(await see(id)).toEqual({
      status: 'canceled',
      suspended_for: null,
      phase: 'suspended',
      verb: 'suspend',
      licence: 'generated',
      revoked: true,
      live_keys: 0,
      deactivated: true,
      notices: ['canceled'],
      stripe: [],
      changes: 1,
    });
    expect(await periodsOf(id)).toEqual([{ kind: 'trial', open: 0 }]);
  });

  it('that has ended keeps no place in its cluster', async () => {
    const stacks = async () => (await queryLoads(openDb(control)))[0]?.stacks ?? 0;
    const before = await stacks();
    await join({ trial_ends_at: begin + 2 * day });
    expect(await stacks()).toBe(before + 1);
    await tickAt(2);
    expect(await stacks()).toBe(before);
  });
});

describe('a failed payment', () => {
  const failed = {
    status: 'past_due',
    stripe_subscription_id: null,
    collection: 'card',
    grace_ends_at: begin + 7 * day,
  };

  it('is waited for, reminded of two days before, and then stops the stack', async () => {
    const id = await join({ ...failed, stripe_subscription_id: `sub_${crypto.randomUUID()}` });
    await tickAt(4.9);
    expect((await see(id)).notices).toEqual([]);
    await tickAt(5);
    await tickAt(6.9);
    expect(await see(id)).toMatchObject({ status: 'past_due', phase: 'running', notices: ['grace_reminder'] });
    await tickAt(7);
    const after = await see(id);
    expect(after).toMatchObject({
      status: 'suspended',
      suspended_for: 'unpaid',
      phase: 'suspended',
      verb: 'suspend',
      licence: 'suspended',
      revoked: false,
      live_keys: 1,
      notices: ['grace_reminder', 'suspended'],
      stripe: ['stripe_pause'],
      changes: 1,
    });
    await tickAt(8);
    expect(await see(id)).toEqual(after);
  });

  it('of who pays by invoice stops the stack alone: Stripe could not resume it', async () => {
    const id = await join({ ...failed, stripe_subscription_id: `sub_${crypto.randomUUID()}`, collection: 'invoice' });
    await tickAt(7);
    expect(await see(id)).toMatchObject({ status: 'suspended', suspended_for: 'unpaid', stripe: [] });
  });

  it('that comes in time stops nothing', async () => {
    const id = await join(failed);
    await set(id, { status: 'active', grace_ends_at: null });
    await tickAt(7);
    expect(await see(id)).toMatchObject({ status: 'active', phase: 'running', notices: [], changes: 0 });
  });
});

describe('what a customer has left', () => {
  const keepFor = async (days: string) => {
    api.bindings['DELETE_AFTER_DAYS'] = days;
    // The environment is read once for as long as it is the same object; a request has one of its own.
    await api.call('GET', '/health');
  };
  const stackOf = async (id: string) => (await see(id)).phase;
  const attached = (id: string) =>
    control
      .prepare('SELECT count(*) n FROM projects WHERE customer_id = ? AND detached_at IS NULL')
      .bind(id)
      .first('n');

  it('is announced a week before, deleted after 30 days with its place and its namespaces, and told', async () => {
    const id = await join({ cancel_at: begin + day });
    await tickAt(1);
    await tickAt(23);
    expect((await see(id)).notices).toEqual(['canceled']);
    await tickAt(24);
    await tickAt(25);
    expect((await see(id)).notices).toEqual(['canceled', 'deletion_ahead']);
    await tickAt(30.9);
    expect(await stackOf(id)).toBe('suspended');
    await tickAt(31);
    expect(await see(id)).toMatchObject({
      status: 'canceled',
      phase: 'deleted',
      verb: 'delete',
      notices: ['canceled', 'deletion_ahead', 'deleted'],
    });
    expect(await attached(id)).toBe(0);
    const audit = control.prepare(
      "SELECT count(*) n FROM audit_log WHERE subject = ? AND action = 'deployment.deleted'",
    );
    await tickAt(32);
    expect(await audit.bind(id).first('n')).toBe(1);
    expect(await (await read(id)).json()).toMatchObject({ deployment: { generation: 3 } });
  });

  it('is kept where somebody has come back in time', async () => {
    const id = await join({ cancel_at: begin + day });
    await tickAt(1);
    await tickAt(24);
    expect((await api.call('POST', `/api/customers/${id}/reactivate`, { token: rootToken, body: {} })).status).toBe(
      200,
    );
    await tickAt(31);
    expect(await stackOf(id)).toBe('running');
    expect(await attached(id)).toBe(1);
  });

  it('is not deleted before it was announced, though an operator shortens the time', async () => {
    const id = await join({ cancel_at: begin + day });
    await keepFor('300');
    await tickAt(1);
    await tickAt(40);
    await keepFor('30');
    await tickAt(41);
    expect(await see(id)).toMatchObject({ phase: 'suspended', notices: ['canceled', 'deletion_ahead'] });
    await tickAt(47.9);
    expect(await stackOf(id)).toBe('suspended');
    await tickAt(48);
    expect(await stackOf(id)).toBe('deleted');
  });

  it('is deleted without a further mail where the time is a week or less', async () => {
    await keepFor('5');
    const id = await join({ cancel_at: begin + day });
    await tickAt(1);
    await tickAt(5);
    expect(await stackOf(id)).toBe('suspended');
    await tickAt(6);
    expect(await see(id)).toMatchObject({ phase: 'deleted', notices: ['canceled', 'deleted'] });
    await keepFor('30');
  });
});
