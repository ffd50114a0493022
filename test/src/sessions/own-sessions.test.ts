/** What somebody sees of their own sessions, and how these end. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { SessionView } from '../../../src/contracts/sessions.ts';
import { minuteMs } from '../../../src/lib/time.ts';
import { ensureCluster, makeApi, rootToken } from '../../harness/worker/api.ts';
import { asBrowser, cookieOf, sessionFor } from '../../harness/worker/browser.ts';
import { password, sessionIn, stories } from '../../harness/worker/sign-in.ts';

const startAt = Date.parse('2026-11-20T12:30:00.000Z');
const api = makeApi(startAt);
const control = () => api.bindings['CONTROL'] as D1Database;
const { signIn, customer, link } = stories(api, startAt);
beforeAll(async () => {
  await ensureCluster(api);
});

describe('the sessions of somebody', () => {
  it('are listed and ended by their owner, and by nobody else', async () => {
    const { email, customerId } = await customer();
    const here = cookieOf(await signIn({ email, password }));
    const there = cookieOf(await signIn({ email, password }));
    const headers = asBrowser(here.secret);
    const listed = async () =>
      ((await (await api.call('GET', '/api/sessions', { headers })).json()) as { items: SessionView[] }).items;
    const both = await listed();
    expect(both.map(({ current }) => current).sort()).toEqual([false, true]);
    const other = both.find(({ current }) => !current)?.session_id ?? '';
    const stranger = await customer();
    const foreign = cookieOf(await signIn({ email: stranger.email, password }));
    const end = (secret: string, id: string) =>
      api.call('DELETE', `/api/sessions/${id}`, { headers: asBrowser(secret) });
    expect((await end(foreign.secret, other)).status).toBe(404);
    expect((await end(here.secret, other)).status).toBe(204);
    expect((await end(here.secret, other)).status).toBe(404);
    expect((await api.call('GET', `/api/customers/${customerId}`, { headers: asBrowser(there.secret) })).status).toBe(
      401,
    );
    expect(await listed()).toHaveLength(1);
  });

  it('end by signing out, which takes the cookie away', async () => {
    const { email } = await customer();
    const { secret } = cookieOf(await signIn({ email, password }));
    const out = await api.call('DELETE', '/api/sessions', { headers: asBrowser(secret) });
    expect(out.status).toBe(204);
    expect(cookieOf(out)).toMatchObject({ name: 'tenantry', secret: '' });
    expect(cookieOf(out).attributes).toContain('Max-Age=0');
    expect((await api.call('GET', '/api/sessions/current', { headers: asBrowser(secret) })).status).toBe(401);
  });

  it('are none for a key, which is no session', async () => {
    const { apiKey: token } = await customer();
    expect((await api.call('GET', '/api/sessions/current', { token })).status).toBe(404);
    expect((await api.call('DELETE', '/api/sessions', { token })).status).toBe(404);
    expect(await (await api.call('GET', '/api/sessions', { token })).json()).toMatchObject({ items: [], total: 0 });
  });

  it('of a person of an organisation show what the issuer said', async () => {
    const { customerId } = await customer();
    const whole = await api.call('GET', `/api/customers/${customerId}`, { token: rootToken });
    const { organisation_id: organisationId } = ((await whole.json()) as { customer: { organisation_id: string } })
      .customer;
    const endsAt = api.clock.now + 20 * minuteMs;
    const grant = { kind: 'person', organisationId, subject: 'ada', namespaces: ['a', 'b'], endsAt } as const;
    const { secret } = await sessionFor(api, grant);
    const headers = asBrowser(secret);
    expect(await sessionIn(await api.call('GET', '/api/sessions/current', { headers }))).toMatchObject({
      kind: 'person',
      name: 'ada',
      organisation: { organisation_id: organisationId, role: 'project-user', namespaces: ['a', 'b'] },
      expires_at: new Date(endsAt).toISOString(),
    });
    api.clock.now = endsAt;
    expect((await api.call('GET', '/api/sessions/current', { headers })).status).toBe(401);
  });

  it('are forgotten by cron when they have ended, with links that are over', async () => {
    const { email } = await customer();
    await signIn({ email, password });
    await link(email);
    api.clock.now = Date.parse('2026-11-21T01:00:00.000Z');
    await api.tick();
    const left = await control()
      .prepare(
        'SELECT (SELECT count(*) FROM sessions s JOIN members m ON m.id = s.owner WHERE m.email = ?1) s, (SELECT count(*) FROM sign_in_links) l',
      )
      .bind(email)
      .first();
    expect(left).toEqual({ s: 0, l: 0 });
    api.clock.now = startAt;
  });
});
