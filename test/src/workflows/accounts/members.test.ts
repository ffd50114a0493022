/** Members of a customer: who may add and remove them, that an owner stays, and their passwords. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { MemberView } from '../../../../src/contracts/sessions.ts';
import { commit } from '../../../../src/db/client.ts';
import { GuardFailed } from '../../../../src/db/failure.ts';
import { minuteMs } from '../../../../src/lib/time.ts';
import { signIn as planSignIn } from '../../../../src/workflows/accounts/sign-in.ts';
import { ensureCluster, makeApi, rootToken } from '../../../harness/worker/api.ts';
import { asBrowser, cookieOf, mailedLink } from '../../../harness/worker/browser.ts';
import { makeContext } from '../../../harness/worker/context.ts';
import { codeOf, password, type Signed, sessionIn, stories } from '../../../harness/worker/sign-in.ts';

const startAt = Date.parse('2026-11-20T12:30:00.000Z');
const api = makeApi(startAt);
const { signIn, customer, invite, link } = stories(api, startAt);
beforeAll(async () => {
  await ensureCluster(api);
});

const newEmail = () => `${crypto.randomUUID()}@example.com`;
const membersOf = async ({ customerId, apiKey }: Signed) =>
  (
    (await (await api.call('GET', `/api/customers/${customerId}/members`, { token: apiKey })).json()) as {
      items: MemberView[];
    }
  ).items;
const remove = ({ customerId, apiKey }: Signed, memberId: string) =>
  api.call('DELETE', `/api/customers/${customerId}/members/${memberId}`, { token: apiKey });

describe('members', () => {
  it('begin with who signed up, the first owner', async () => {
    const mine = await customer();
    expect(await membersOf(mine)).toMatchObject([{ email: mine.email, role: 'owner', last_signed_in_at: null }]);
    await signIn({ email: mine.email, password });
    expect(await membersOf(mine)).toMatchObject([{ last_signed_in_at: '2026-11-20T12:30:00.000Z' }]);
  });

  it('are added with a link in the mail, under an email as it is compared', async () => {
    const mine = await customer();
    const email = newEmail();
    await invite(mine, ` ${email.toUpperCase()} `, 'billing');
    const session = await sessionIn(await signIn({ link: await mailedLink(api, email) }));
    expect(session).toMatchObject({ name: email, customer: { customer_id: mine.customerId, role: 'billing' } });
  });

  it('are one to an email, also when two add it at the same time', async () => {
    const mine = await customer();
    const body = { email: newEmail(), role: 'viewer' };
    const add = () => api.call('POST', `/api/customers/${mine.customerId}/members`, { token: mine.apiKey, body });
    const answers = await Promise.all([add(), add()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(await codeOf(await add())).toEqual([409, 'member_exists']);
  });

  it('are added by owners only', async () => {
    const mine = await customer();
    for (const role of ['viewer', 'billing', 'owner']) {
      const email = newEmail();
      await invite(mine, email, role);
      const { secret } = cookieOf(await signIn({ link: await link(email) }));
      const path = `/api/customers/${mine.customerId}/members`;
      const body = { email: newEmail(), role: 'owner' };
      const answer = await api.call('POST', path, { headers: asBrowser(secret), body });
      expect([role, answer.status]).toEqual([role, role === 'owner' ? 201 : 403]);
    }
  });

  it('lose their sessions when they are removed, and are signed in no more', async () => {
    const mine = await customer();
    const email = newEmail();
    const memberId = await invite(mine, email);
    const { secret } = cookieOf(await signIn({ link: await link(email) }));
    const mailed = await link(email);
    expect((await remove(mine, memberId)).status).toBe(204);
    expect((await api.call('GET', '/api/sessions/current', { headers: asBrowser(secret) })).status).toBe(401);
    expect(await codeOf(await signIn({ link: mailed }))).toEqual([401, 'link_invalid']);
    expect((await remove(mine, memberId)).status).toBe(404);
  });

  it('keep an owner, also when two are removed at the same time', async () => {
    const mine = await customer();
    const [first] = await membersOf(mine);
    expect(await codeOf(await remove(mine, first?.member_id ?? ''))).toEqual([409, 'last_owner']);
    const second = await invite(mine, newEmail(), 'owner');
    const answers = await Promise.all([remove(mine, first?.member_id ?? ''), remove(mine, second)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect((await membersOf(mine)).map(({ role }) => role)).toEqual(['owner']);
  });

  it('of somebody else are nobody’s to touch', async () => {
    const [mine, theirs] = [await customer(), await customer()];
    const memberId = await invite(theirs, newEmail());
    expect((await remove(mine, memberId)).status).toBe(404);
    expect((await remove({ ...theirs, apiKey: mine.apiKey }, memberId)).status).toBe(404);
  });

  it('are not added to a deactivated customer', async () => {
    const mine = await customer();
    const path = `/api/customers/${mine.customerId}`;
    await api.call('POST', `${path}/deactivate`, { token: rootToken, body: {} });
    const body = { email: newEmail(), role: 'viewer' };
    const answer = await api.call('POST', `${path}/members`, { token: rootToken, body });
    expect(await codeOf(answer)).toEqual([409, 'already_deactivated']);
  });
});

describe('a password', () => {
  const next = 'another horse entirely';
  const change = (secret: string, body: unknown, options: Parameters<typeof api.call>[2] = {}) =>
    api.call('PUT', '/api/sessions/password', { ...options, headers: asBrowser(secret), body });
  const isOpen = async (secret: string) =>
    (await api.call('GET', '/api/sessions/current', { headers: asBrowser(secret) })).status === 200;

  it('is changed by the old one, which opens nothing more; other sessions end, this one stays', async () => {
    const { email } = await customer();
    const here = cookieOf(await signIn({ email, password })).secret;
    const there = cookieOf(await signIn({ email, password })).secret;
    expect(await codeOf(await change(here, { new: next }))).toEqual([422, 'validation_failed']);
    expect(await codeOf(await change(here, { old: 'wrong', new: next }))).toEqual([403, 'password_wrong']);
    expect(await isOpen(there)).toBe(true);
    expect((await change(here, { old: password, new: next })).status).toBe(204);
    expect([await isOpen(here), await isOpen(there)]).toEqual([true, false]);
    expect(await codeOf(await signIn({ email, password }))).toEqual([401, 'sign_in_failed']);
    expect((await signIn({ email, password: next })).status).toBe(201);
  });

  it('is set without the old one within 15 minutes of a link, everywhere where the person is a member', async () => {
    const [mine, theirs] = [await customer(), await customer()];
    await invite(theirs, mine.email);
    const old = cookieOf(await signIn({ email: mine.email, password })).secret;
    const { secret } = cookieOf(await signIn({ link: await link(mine.email), customer_id: theirs.customerId }));
    api.clock.now = startAt + 15 * minuteMs - 1;
    expect((await change(secret, { new: next })).status).toBe(204);
    expect([await isOpen(secret), await isOpen(old)]).toEqual([true, false]);
    const question = await signIn({ email: mine.email, password: next });
    expect(question.status).toBe(200);
    const chosen = await signIn({ email: mine.email, password: next, customer_id: mine.customerId });
    expect((await sessionIn(chosen)).customer?.customer_id).toBe(mine.customerId);
    expect(await codeOf(await signIn({ email: mine.email, password }))).toEqual([401, 'sign_in_failed']);
    api.clock.now = startAt + 15 * minuteMs;
    expect(await codeOf(await change(secret, { new: password }))).toEqual([422, 'validation_failed']);
  });

  it('that is changed by the old one stays what it was where the person has another', async () => {
    // Who signed up with somebody else's email must not end that person's sessions.
    const squatter = await customer();
    const inviting = await customer();
    await invite(inviting, squatter.email);
    const owner = cookieOf(await signIn({ link: await link(squatter.email), customer_id: inviting.customerId })).secret;
    const { secret } = cookieOf(await signIn({ email: squatter.email, password }));
    expect((await change(secret, { old: password, new: next })).status).toBe(204);
    expect(await isOpen(owner)).toBe(true);
    expect((await sessionIn(await signIn({ email: squatter.email, password: next }))).customer?.customer_id).toBe(
      squatter.customerId,
    );
  });

  it('that is changed while somebody signs in with the old one signs nobody in', async () => {
    const { email } = await customer();
    const { secret } = cookieOf(await signIn({ email, password }));
    const { CONTROL } = api.bindings as unknown as { CONTROL: D1Database };
    const context = makeContext({ control: CONTROL, shards: [], now: startAt });
    const shown = { way: 'password', email, password, customerId: null } as const;
    const planned = await planSignIn(context, { shown, rootToken, currentId: null });
    if (!planned.ok) throw new Error(planned.error.code);
    expect((await change(secret, { old: password, new: next })).status).toBe(204);
    await expect(commit(context.db, planned.value.writes)).rejects.toThrow(GuardFailed);
  });

  it('of a session is not guessed without end', async () => {
    const { email } = await customer();
    const { secret } = cookieOf(await signIn({ email, password }));
    const bindings = { RATE_LIMIT_SIGN_IN: '2/900' };
    for (let n = 0; n < 2; n++) {
      expect(await codeOf(await change(secret, { old: 'wrong', new: next }, { bindings }))).toEqual([
        403,
        'password_wrong',
      ]);
    }
    expect(await codeOf(await change(secret, { old: password, new: next }, { bindings }))).toEqual([
      429,
      'rate_limited',
    ]);
  });

  it('is nothing that a key has', async () => {
    const { apiKey: token } = await customer();
    const answer = await api.call('PUT', '/api/sessions/password', { token, body: { new: next } });
    expect(await codeOf(answer)).toEqual([404, 'not_found']);
  });
});
