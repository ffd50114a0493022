/** Signing in by password and by admin token; what is wrong is told in one sentence. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureCluster, makeApi, rootToken, signUp } from '../../../harness/worker/api.ts';
import { asBrowser, cookieOf } from '../../../harness/worker/browser.ts';
import { codeOf, password, sessionIn, stories, wordsOf } from '../../../harness/worker/sign-in.ts';

const startAt = Date.parse('2026-11-20T12:30:00.000Z');
const api = makeApi(startAt);
const control = () => api.bindings['CONTROL'] as D1Database;
const { signIn, customer, invite } = stories(api, startAt);
beforeAll(async () => {
  await ensureCluster(api);
});

describe('a password', () => {
  it('signs its member in, with a cookie that no script reads and no other site sends', async () => {
    const { email, customerId } = await customer();
    const answer = await signIn({ email: ` ${email.toUpperCase()} `, password });
    expect(answer.status).toBe(201);
    const { name, secret, attributes } = cookieOf(answer);
    expect(name).toBe('tenantry');
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(attributes.sort()).toEqual(['HttpOnly', 'Max-Age=604800', 'Path=/', 'SameSite=Strict']);
    const session = await sessionIn(answer);
    expect(session).toMatchObject({
      kind: 'account',
      name: email,
      customer: { customer_id: customerId, role: 'owner' },
      admin_role: null,
      organisation: null,
      expires_at: '2026-11-27T12:30:00.000Z',
      current: true,
    });
    const current = await api.call('GET', '/api/sessions/current', { headers: asBrowser(secret) });
    expect(await sessionIn(current)).toEqual(session);
  });

  it('gets a cookie for https alone where the API is at https', async () => {
    const { email } = await customer();
    const bindings = { PUBLIC_URL: 'https://api.test' };
    const { name, attributes } = cookieOf(await signIn({ email, password }, { bindings }));
    expect(name).toBe('__Host-tenantry');
    expect(attributes).toContain('Secure');
  });

  it('is refused in the same words for an email that nobody has, that has none, and when it is wrong', async () => {
    const { email } = await customer();
    api.clock.now = startAt;
    const { email: without } = { email: `${crypto.randomUUID()}@example.com` };
    await signUp(api, { email: without });
    const wrong = await wordsOf(await signIn({ email, password: `${password}!` }));
    expect(wrong).toMatchObject({ status: 401, code: 'sign_in_failed' });
    expect(await wordsOf(await signIn({ email: 'nobody@example.com', password }))).toEqual(wrong);
    expect(await wordsOf(await signIn({ email: without, password }))).toEqual(wrong);
    expect(cookieOf(await signIn({ email, password: 'x' })).secret).toBe('');
  });

  it('is stored nowhere as it is, and with its customer no more', async () => {
    const { customerId } = await customer();
    const row = await control()
      .prepare(
        'SELECT m.password_hash m, c.password_hash c FROM members m JOIN customers c ON c.id = m.customer_id WHERE c.id = ?',
      )
      .bind(customerId)
      .first<{ m: string; c: string | null }>();
    expect(row?.m).toMatch(/^scrypt\$16384\$8\$1\$/);
    expect(row?.c).toBeNull();
  });

  it('that somebody signed up with opens nothing where the email’s owner is invited', async () => {
    // Nobody has shown yet that the email is theirs.
    const squatter = await customer();
    const inviting = await customer();
    await invite(inviting, squatter.email);
    const session = await sessionIn(await signIn({ email: squatter.email, password }));
    expect(session.customer?.customer_id).toBe(squatter.customerId);
    const refused = await signIn({ email: squatter.email, password, customer_id: inviting.customerId });
    expect(await codeOf(refused)).toEqual([401, 'sign_in_failed']);
  });

  it('signs nobody in for a deactivated customer, and does again for one that is back', async () => {
    const { email, customerId } = await customer();
    const { secret } = cookieOf(await signIn({ email, password }));
    const change = (to: string) =>
      api.call('POST', `/api/customers/${customerId}/${to}`, { token: rootToken, body: {} });
    await change('deactivate');
    expect(await codeOf(await signIn({ email, password }))).toEqual([401, 'sign_in_failed']);
    await change('reactivate');
    expect((await api.call('GET', '/api/sessions/current', { headers: asBrowser(secret) })).status).toBe(401);
    expect((await signIn({ email, password })).status).toBe(201);
  });
});

describe('every sign-in', () => {
  it('makes a secret of its own: one that the browser brought is not taken over', async () => {
    const { email, customerId } = await customer();
    const planted = 'a'.repeat(64);
    const first = cookieOf(await signIn({ email, password }, { headers: asBrowser(planted) }));
    expect(first.secret).not.toBe(planted);
    const read = (secret: string) => api.call('GET', `/api/customers/${customerId}`, { headers: asBrowser(secret) });
    expect((await read(planted)).status).toBe(401);
    const second = cookieOf(await signIn({ email, password }, { headers: asBrowser(first.secret) }));
    expect(second.secret).not.toBe(first.secret);
    expect((await read(second.secret)).status).toBe(200);
    expect((await read(first.secret)).status).toBe(401);
  });

  it('is one way: nothing less, and not two at once', async () => {
    const { email } = await customer();
    const wrong = [
      {},
      { email },
      { password },
      { customer_id: `cust_${'0'.repeat(32)}` },
      { email, password, link: 'x' },
      { email, link: 'x' },
      { admin_token: rootToken, link: 'x' },
    ];
    for (const body of wrong) expect(await codeOf(await signIn(body))).toEqual([422, 'validation_failed']);
  });

  it('is in the audit log without its secret', async () => {
    const { email, customerId } = await customer();
    const answer = await signIn({ email, password });
    const { secret } = cookieOf(answer);
    const { session_id: sessionId } = await sessionIn(answer);
    await api.call('POST', `/api/customers/${customerId}/api-keys`, { headers: asBrowser(secret), body: {} });
    const { results } = await control()
      .prepare('SELECT actor, credential_id c, action, details FROM audit_log WHERE subject = ? ORDER BY rowid')
      .bind(customerId)
      .all<{ actor: string; c: string | null; action: string; details: string }>();
    expect(results.at(-2)).toMatchObject({ action: 'session.opened', actor: 'public' });
    expect(results.at(-2)?.details).toContain(sessionId);
    expect(results.at(-1)).toMatchObject({ action: 'api_key.created', c: sessionId });
    expect(results.at(-1)?.actor).toMatch(new RegExp(`^account:${customerId}/mem_[0-9a-f]{32}$`));
    expect(JSON.stringify([results, api.logs])).not.toContain(secret);
  });
});

describe('an admin token', () => {
  it('that is typed in once signs an admin of its name and role in', async () => {
    api.clock.now = startAt;
    const body = { name: 'ada', role: 'viewer' };
    const made = await api.call('POST', '/api/admin-tokens', { token: rootToken, body });
    const { token, credential_id: credentialId } = (await made.json()) as { token: string; credential_id: string };
    const answer = await signIn({ admin_token: token });
    const { secret } = cookieOf(answer);
    expect(await sessionIn(answer)).toMatchObject({ kind: 'admin', name: 'ada', admin_role: 'viewer', customer: null });
    expect((await api.call('GET', '/api/customers', { headers: asBrowser(secret) })).status).toBe(200);
    expect((await api.call('GET', '/api/credentials', { headers: asBrowser(secret) })).status).toBe(403);
    await api.call('DELETE', `/api/credentials/${credentialId}`, { token: rootToken });
    expect((await api.call('GET', '/api/customers', { headers: asBrowser(secret) })).status).toBe(401);
    expect(await codeOf(await signIn({ admin_token: token }))).toEqual([401, 'sign_in_failed']);
  });

  it('of the environment signs the root in', async () => {
    const answer = await signIn({ admin_token: rootToken });
    const { secret } = cookieOf(answer);
    expect(await sessionIn(answer)).toMatchObject({ kind: 'admin', name: 'root', admin_role: 'owner' });
    expect((await api.call('GET', '/api/credentials', { headers: asBrowser(secret) })).status).toBe(200);
  });

  it('is nothing else: no other key signs in', async () => {
    const { apiKey } = await customer();
    for (const token of [apiKey, 'x', `${rootToken}x`, 'a'.repeat(512)]) {
      expect(await codeOf(await signIn({ admin_token: token }))).toEqual([401, 'sign_in_failed']);
    }
  });
});
