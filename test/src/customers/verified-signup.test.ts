/** Signups whose email is verified first: nothing is made before, nothing is told, and the mailed link works once. */
import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SignupAnswer } from '../../../src/contracts/customers.ts';
import type { Mail } from '../../../src/mail/port.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';

const begin = Date.parse('2026-11-20T12:00:00.000Z');
const hour = 3_600_000;
const api = makeApi(begin);
const { CONTROL } = env as unknown as { CONTROL: D1Database };
const sent: Mail[] = [];
const EMAIL = { send: async (mail: Mail) => void sent.push(mail) };
const bindings = { PUBLIC_URL: 'https://api.test', SIGNUP_VERIFICATION: 'email', MAIL_FROM: 'mail@example.com', EMAIL };
beforeAll(async () => {
  await ensureCluster(api);
});
beforeEach(() => {
  api.clock.now = begin;
  mails();
});

const ask = (body: Record<string, unknown>, options: Parameters<typeof api.call>[2] = {}) =>
  api.call('POST', '/api/customers/signup', {
    body: { company_name: 'Acme', ...body },
    bindings,
    ...options,
  });
const verify = (token: string | undefined, more: Record<string, unknown> = {}) =>
  api.call('POST', '/api/customers/signup/verify', { body: { token, ...more }, bindings });
const newEmail = () => `${crypto.randomUUID()}@example.com`;
const count = async (table: string) => await CONTROL.prepare(`SELECT count(*) n FROM ${table}`).first<number>('n');

/** The mails that were handed over since the last look. */
const mails = (): Mail[] => sent.splice(0);
const tokenIn = (mail: Mail | undefined) =>
  /https:\/\/api\.test\/sign-up#verify=([\w-]{43})\n/.exec(mail?.text ?? '')?.[1];

describe('a signup whose email is verified first', () => {
  it('makes nothing before the mailed link is opened, and then everything, once', async () => {
    const email = newEmail();
    const before = await Promise.all(['customers', 'organisations', 'jobs', 'credentials', 'licences'].map(count));
    const held = await ask({ email, plan: 'professional', full_name: 'Ada' });
    expect(held.status).toBe(202);
    expect(await held.json()).toEqual({
      success: true,
      verification: { sent_to: email, expires_at: '2026-11-21T12:00:00.000Z' },
    });
    expect(await Promise.all(['customers', 'organisations', 'jobs', 'credentials', 'licences'].map(count))).toEqual(
      before,
    );
    const [mail, ...others] = mails();
    expect(others).toEqual([]);
    expect(mail).toMatchObject({ to: email, subject: 'Confirm your email' });
    const token = tokenIn(mail);
    expect(mail?.html).toContain(`<a href="https://api.test/sign-up#verify=${token}">`);
    const made = await verify(token);
    expect(made.status).toBe(201);
    const answer = (await made.json()) as SignupAnswer;
    expect(answer).toMatchObject({
      customer: { email, company_name: 'Acme', full_name: 'Ada' },
      subscription: { plan: 'professional', status: 'trialing' },
      deployment: { status: 'pending', generation: 1 },
    });
    expect(
      (await api.call('GET', `/api/customers/${answer.customer.customer_id}`, { token: answer.api_key })).status,
    ).toBe(200);
    expect((await verify(token)).status).toBe(401);
  });

  it('is answered and kept alike whether a customer has the email or not; that one is told by mail', async () => {
    const known = (await signUp(api)).customer.email;
    const unknown = newEmail();
    const pending = await count('pending_signups');
    const answers = await Promise.all([known, unknown].map((email) => ask({ email })));
    const [one, other] = await Promise.all(
      answers.map(async (answer) => [answer.status, await answer.text()] as const),
    );
    expect(one?.[0]).toBe(202);
    expect(one?.[1].replace(known, '')).toBe(other?.[1].replace(unknown, ''));
    expect(await count('pending_signups')).toBe((pending ?? 0) + 2);
    const sent = mails();
    const told = sent.find(({ to }) => to === known);
    expect(told).toMatchObject({
      subject: 'You have an account already',
      text: expect.stringContaining('https://api.test/sign-in'),
    });
    expect(tokenIn(told)).toBeUndefined();
    expect(sent.find(({ to }) => to === unknown)?.subject).toBe('Confirm your email');
  });

  it('that is asked for again has one link that works: the newest, with what was asked for last', async () => {
    const email = newEmail();
    await ask({ email, company_name: 'First' });
    const [first] = mails();
    await ask({ email: ` ${email.toUpperCase()} `, company_name: 'Second' });
    const [second] = mails();
    expect((await verify(tokenIn(first))).status).toBe(401);
    expect(await (await verify(tokenIn(second))).json()).toMatchObject({ customer: { email, company_name: 'Second' } });
  });

  it('has a day', async () => {
    await ask({ email: newEmail() });
    const [mail] = mails();
    api.clock.now = begin + 24 * hour;
    expect((await verify(tokenIn(mail))).status).toBe(401);
    await api.tick();
    expect(
      await CONTROL.prepare('SELECT count(*) n FROM pending_signups WHERE expires_at <= ?')
        .bind(api.clock.now)
        .first('n'),
    ).toBe(0);
  });

  it('keeps no password that somebody else may have typed: who has the mail sets it', async () => {
    const email = newEmail();
    const signIn = (password: string) => api.call('POST', '/api/sessions', { body: { email, password } });
    await ask({ email, password: 'the guessed one' });
    const [mail] = mails();
    expect((await verify(tokenIn(mail), { password: 'the owner’s own' })).status).toBe(201);
    expect((await signIn('the guessed one')).status).toBe(401);
    expect((await signIn('the owner’s own')).status).toBe(201);
  });

  it('says nothing of the signup in its mail, which anybody may have had sent', async () => {
    await ask({ email: newEmail(), company_name: 'Win https://evil.example now', full_name: 'evil.example' });
    const [mail] = mails();
    expect(JSON.stringify(mail)).not.toContain('evil');
  });

  it('mails one email a few times an hour, and answers all the same', async () => {
    const email = newEmail();
    const limited = { bindings: { ...bindings, RATE_LIMIT_LINKS: '2/3600' } };
    for (let i = 0; i < 4; i++) expect((await ask({ email }, limited)).status).toBe(202);
    expect(mails()).toHaveLength(2);
  });

  it('is refused at once for a plan that is not offered', async () => {
    expect(
      (await ask({ email: newEmail(), plan: 'enterprise' }, { bindings: { ...bindings, SIGNUP_PLANS: 'starter' } }))
        .status,
    ).toBe(403);
    expect((await ask({ email: newEmail(), plan: 'gold' })).status).toBe(422);
  });

  it('waits with its link where no cluster has room', async () => {
    await ask({ email: newEmail() });
    const [mail] = mails();
    await CONTROL.prepare('UPDATE clusters SET namespaces_max = 0').run();
    expect((await verify(tokenIn(mail))).status).toBe(503);
    await CONTROL.prepare('UPDATE clusters SET namespaces_max = 1200').run();
    expect((await verify(tokenIn(mail))).status).toBe(201);
  });

  it('makes one account of many openings beside one another', async () => {
    await ask({ email: newEmail() });
    const [mail] = mails();
    const all = await Promise.all(Array.from({ length: 5 }, () => verify(tokenIn(mail))));
    expect(all.map(({ status }) => status).sort()).toEqual([201, 401, 401, 401, 401]);
  });

  it('is sealed where it is kept', async () => {
    const email = newEmail();
    await ask({ email, company_name: 'Quite Secret Ltd' });
    const row = await CONTROL.prepare('SELECT * FROM pending_signups WHERE email = ?').bind(email).first();
    expect(JSON.stringify(row)).not.toContain('Secret');
    mails();
  });
});

it('an admin’s customer is made at once all the same', async () => {
  const body = { email: newEmail(), company_name: 'X' };
  expect((await api.call('POST', '/api/customers', { token: rootToken, body, bindings })).status).toBe(201);
});
