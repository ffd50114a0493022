/** Mailed links sign in once; asking for one tells nothing about the email; and how often passwords and links may be tried. */
import { beforeAll, describe, expect, it } from 'vitest';
import { minuteMs } from '../../../../src/lib/time.ts';
import { ensureCluster, makeApi } from '../../../harness/worker/api.ts';
import { codeOf, password, sessionIn, stories, wordsOf } from '../../../harness/worker/sign-in.ts';

const startAt = Date.parse('2026-11-20T12:30:00.000Z');
const api = makeApi(startAt);
const control = () => api.bindings['CONTROL'] as D1Database;
const { signIn, customer, invite, link } = stories(api, startAt);
beforeAll(async () => {
  await ensureCluster(api);
});

describe('a mailed link', () => {
  it('signs in once, and a second use, one too old and one that never was answer alike', async () => {
    const { email } = await customer();
    const mailed = await link(email);
    const answer = await signIn({ link: mailed });
    expect(answer.status).toBe(201);
    expect(await sessionIn(answer)).toMatchObject({ name: email });
    const used = await wordsOf(await signIn({ link: mailed }));
    expect(used).toMatchObject({ status: 401, code: 'link_invalid' });
    const late = await link(email);
    api.clock.now = startAt + 15 * minuteMs;
    expect(await wordsOf(await signIn({ link: late }))).toEqual(used);
    expect(await wordsOf(await signIn({ link: 'x' }))).toEqual(used);
    const unknown = await link(`${crypto.randomUUID()}@example.com`);
    expect(await wordsOf(await signIn({ link: unknown }))).toEqual(used);
  });

  it('that is used twice at the same time signs in once', async () => {
    const { email } = await customer();
    const mailed = await link(email);
    const answers = await Promise.all(Array.from({ length: 5 }, () => signIn({ link: mailed })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 401, 401, 401, 401]);
    const { results } = await control()
      .prepare("SELECT s.id FROM sessions s JOIN members m ON m.id = s.owner WHERE m.email = ? AND s.method = 'link'")
      .bind(email)
      .all();
    expect(results).toHaveLength(1);
  });

  it('has a person with several customers choose, and is not used up by the question', async () => {
    const [mine, theirs] = [await customer(), await customer()];
    await invite(theirs, mine.email, 'billing');
    const mailed = await link(mine.email);
    const question = await signIn({ link: mailed });
    expect(question.status).toBe(200);
    expect(question.headers.get('set-cookie')).toBeNull();
    const { choose } = (await question.json()) as { choose: { customer_id: string; role: string }[] };
    const roles = Object.fromEntries(choose.map(({ customer_id, role }) => [customer_id, role]));
    expect(roles).toEqual({ [mine.customerId]: 'owner', [theirs.customerId]: 'billing' });
    const foreign = (await customer()).customerId;
    expect(await codeOf(await signIn({ link: mailed, customer_id: foreign }))).toEqual([404, 'not_found']);
    const answer = await signIn({ link: mailed, customer_id: theirs.customerId });
    expect((await sessionIn(answer)).customer).toMatchObject({ customer_id: theirs.customerId, role: 'billing' });
    expect(await codeOf(await signIn({ link: mailed }))).toEqual([401, 'link_invalid']);
  });

  it('is asked for in the same words and with the same work, whether somebody has the email or not', async () => {
    const { email } = await customer();
    const rows = async () =>
      (
        await control()
          .prepare('SELECT (SELECT count(*) FROM sign_in_links) + (SELECT count(*) FROM outbox) n')
          .first<{ n: number }>()
      )?.n ?? 0;
    const asked: [number, string, number][] = [];
    for (const to of [email, `${crypto.randomUUID()}@example.com`]) {
      const before = await rows();
      const answer = await api.call('POST', '/api/sessions/links', { body: { email: to } });
      asked.push([answer.status, await answer.text(), (await rows()) - before]);
    }
    expect(asked[0]).toEqual([202, '{"success":true}', 2]);
    expect(asked[1]).toEqual(asked[0]);
  });

  it('leaves no secret behind: not in its row, its mail’s row, the log or the answer', async () => {
    const { email } = await customer();
    const mailed = await link(email);
    const { results } = await control().prepare('SELECT * FROM sign_in_links').all();
    const outbox = await control().prepare("SELECT * FROM outbox WHERE kind = 'mail'").all();
    expect(results.length).toBeGreaterThan(0);
    expect(JSON.stringify([results, outbox.results, api.logs])).not.toContain(mailed);
  });
});

describe('limits', () => {
  it('end the guessing of an address, also with the right password', async () => {
    const { email } = await customer();
    const options = {
      bindings: { RATE_LIMIT_AUTH: '3/900' },
      headers: { 'cf-connecting-ip': '192.0.2.7' },
    };
    for (let n = 0; n < 3; n++) {
      expect(await codeOf(await signIn({ email, password: 'wrong' }, options))).toEqual([401, 'sign_in_failed']);
    }
    const refused = await signIn({ email, password }, options);
    expect(refused.headers.get('retry-after')).not.toBeNull();
    expect(await codeOf(refused)).toEqual([429, 'rate_limited']);
    const elsewhere = { ...options, headers: { 'cf-connecting-ip': '192.0.2.8' } };
    expect((await signIn({ email, password }, elsewhere)).status).toBe(201);
  });

  it('end the guessing of one email from many addresses, and leave its owner the link', async () => {
    const { email } = await customer();
    const bindings = { RATE_LIMIT_SIGN_IN: '3/900' };
    const from = (n: number) => ({ bindings, headers: { 'cf-connecting-ip': `198.51.100.${n}` } });
    const unknown = `${crypto.randomUUID()}@example.com`;
    for (const to of [email, unknown]) {
      for (let n = 0; n < 3; n++) {
        expect(await codeOf(await signIn({ email: to, password: 'wrong' }, from(n)))).toEqual([401, 'sign_in_failed']);
      }
      expect(await codeOf(await signIn({ email: to, password }, from(9)))).toEqual([429, 'rate_limited']);
    }
    expect((await signIn({ link: await link(email) }, { bindings })).status).toBe(201);
  });

  it('mail an email so many links an hour, without telling', async () => {
    const { email } = await customer();
    const bindings = { RATE_LIMIT_LINKS: '2/3600' };
    for (let n = 0; n < 4; n++) {
      const answer = await api.call('POST', '/api/sessions/links', { body: { email }, bindings });
      expect([answer.status, await answer.text()]).toEqual([202, '{"success":true}']);
    }
    const { results } = await control().prepare('SELECT id FROM sign_in_links WHERE email = ?').bind(email).all();
    expect(results).toHaveLength(2);
  });
});
