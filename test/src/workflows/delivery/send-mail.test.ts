/** Mails: who gets one, what it says whatever a company is called, and what becomes of one that cannot be sent. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDb } from '../../../../src/db/client.ts';
import { err, ok } from '../../../../src/lib/result.ts';
import { minuteMs } from '../../../../src/lib/time.ts';
import type { Mail, MailFailure } from '../../../../src/mail/port.ts';
import { linkSecrets } from '../../../../src/sessions/link.ts';
import type { Carriers } from '../../../../src/workflows/delivery/carriers.ts';
import { deliverOutbox } from '../../../../src/workflows/delivery/deliver-outbox.ts';
import { ensureCluster, makeApi, signUp } from '../../../harness/worker/api.ts';
import { noInvoicing } from '../../../harness/worker/context.ts';
import { stories } from '../../../harness/worker/sign-in.ts';

const startAt = Date.parse('2026-11-20T12:30:00.000Z');
const api = makeApi(startAt);
const { signIn, customer, invite, link } = stories(api, startAt);
const { CONTROL, LICENSE_PRIVATE_KEYS } = env as unknown as { CONTROL: D1Database; LICENSE_PRIVATE_KEYS: string };
beforeAll(async () => {
  await ensureCluster(api);
});

/** Delivers what waits with a mail server that answers so, or without one. */
async function deliver(answer: MailFailure | 'takes it' | null, licenceKeys = LICENSE_PRIVATE_KEYS): Promise<Mail[]> {
  const sent: Mail[] = [];
  const carriers: Carriers = {
    db: openDb(CONTROL),
    now: () => api.clock.now,
    log: api.outside.log,
    stripe: null,
    tax: false,
    boundPrice: () => null,
    ...noInvoicing,
    refresh: async () => ({ outbox: [] }),
    mail: answer && {
      send: async (mail) => {
        sent.push(mail);
        return answer === 'takes it' ? ok(null) : err(answer);
      },
    },
    linkSecrets: (linkId) => linkSecrets(licenceKeys, linkId),
    publicUrl: 'https://api.test/',
    doorbell: () => null,
  };
  const { results } = await CONTROL.prepare(
    "SELECT id FROM outbox WHERE kind = 'mail' AND state IN ('planned', 'sent')",
  ).all<{
    id: string;
  }>();
  await CONTROL.prepare('UPDATE outbox SET claimed_until = 0').run();
  await deliverOutbox(
    carriers,
    results.map(({ id }) => id),
  );
  return sent;
}

const rowOf = async (email: string) =>
  await CONTROL.prepare(
    "SELECT state, last_error why FROM outbox WHERE json_extract(payload, '$.link_id') = (SELECT id FROM sign_in_links WHERE email = ? ORDER BY rowid DESC LIMIT 1)",
  )
    .bind(email)
    .first<{ state: string; why: string | null }>();

/** Without what earlier tests have left. */
const startAnew = () => CONTROL.prepare("UPDATE outbox SET state = 'dropped' WHERE kind = 'mail'").run();

describe('a link’s mail', () => {
  it('has the link that signs in, under the address of the API', async () => {
    await startAnew();
    const { email } = await customer();
    await link(email);
    const [mail, ...others] = await deliver('takes it');
    expect(others).toEqual([]);
    expect(mail).toMatchObject({ to: email, subject: 'Your sign-in link' });
    const secret = /https:\/\/api\.test\/sign-in#link=([\w-]{43})\n/.exec(mail?.text ?? '')?.[1];
    expect(mail?.html).toContain(`<a href="https://api.test/sign-in#link=${secret}">`);
    expect((await signIn({ link: secret })).status).toBe(201);
    expect(await rowOf(email)).toEqual({ state: 'confirmed', why: null });
  });

  it('goes to nobody who is no member', async () => {
    await startAnew();
    const email = `${crypto.randomUUID()}@example.com`;
    await link(email);
    expect(await deliver('takes it')).toEqual([]);
    expect(await rowOf(email)).toEqual({ state: 'dropped', why: 'nobody_has_it' });
  });

  it('is not sent when its link is over', async () => {
    await startAnew();
    const { email } = await customer();
    await link(email);
    expect(await deliver(null)).toEqual([]);
    expect(await rowOf(email)).toEqual({ state: 'planned', why: 'mail_not_configured' });
    api.clock.now += 15 * minuteMs;
    expect(await deliver('takes it')).toEqual([]);
    expect(await rowOf(email)).toEqual({ state: 'dropped', why: 'link_over' });
  });

  it('waits for a server that is away, and is for a person to see when its address is refused', async () => {
    await startAnew();
    const { email } = await customer();
    await link(email);
    await deliver({ kind: 'unreachable', code: 'smtp_esocket' });
    expect(await rowOf(email)).toEqual({ state: 'planned', why: 'smtp_esocket' });
    await deliver({ kind: 'refused', code: 'smtp_550' });
    expect(await rowOf(email)).toEqual({ state: 'never', why: 'smtp_550' });
  });

  it('has its own secret also when the Worker’s first key is another one by then', async () => {
    await startAnew();
    const { email } = await customer();
    const secret = await link(email);
    const [key] = JSON.parse(LICENSE_PRIVATE_KEYS) as { d: string }[];
    const [mail] = await deliver('takes it', JSON.stringify([{ ...key, d: 'another' }, key]));
    expect(mail?.text).toContain(`#link=${secret}\n`);
  });
});

describe('an invitation', () => {
  it('names the company as text, whatever that is called', async () => {
    const hostile = `<img src=x onerror=alert(1)> & "Söhne" <a href='https://evil.test'>`;
    const words = `<img src=x onerror=alert(1)> & "Söhne" <a href='https:\u2060/\u2060/\u2060evil.\u2060test'>`;
    api.clock.now = startAt;
    const made = await signUp(api, { company_name: hostile });
    await startAnew();
    const of = { email: '', customerId: made.customer.customer_id, apiKey: made.api_key };
    const email = `${crypto.randomUUID()}@example.com`;
    await invite(of, email);
    const [mail] = await deliver('takes it');
    expect(mail?.to).toBe(email);
    expect(mail?.subject).toBe(`You can sign in for ${words}`);
    expect(mail?.text).toContain(`You have been made a member of ${words}.`);
    expect(mail?.text).toContain('\nhttps://api.test/sign-in\n');
    expect(mail?.html).not.toContain('<img');
    expect(mail?.html).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;Söhne&quot;');
    // Mail programs make links of what looks like an address, in both parts: it would be the customer's mail to anybody.
    for (const part of [mail?.subject, mail?.text, mail?.html]) expect(part).not.toMatch(/evil\.test|:\/\/evil/);
  });
});
