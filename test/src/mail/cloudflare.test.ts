/** Mail through Cloudflare's binding: what it is handed, and what its refusals mean for the row. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { parseEnv, type RawEnv } from '../../../src/env.ts';
import { openBinding } from '../../../src/mail/cloudflare.ts';

const mail = { to: 'ada@example.com', subject: 'S', text: 'T', html: '<p>T</p>' };

function binding(fails: unknown = null) {
  const sent: unknown[] = [];
  const send = async (message: unknown) => {
    sent.push(message);
    if (fails !== null) throw fails;
    return { messageId: 'm' };
  };
  return { sent, email: { send } as unknown as SendEmail };
}

it('hands over both parts, with the sender’s name beside the address', async () => {
  const { sent, email } = binding();
  expect(await openBinding(email, 'Tenantry <mail@example.com>').send(mail, 'out_1')).toEqual({
    ok: true,
    value: null,
  });
  await openBinding(email, 'mail@example.com').send(mail, 'out_1');
  expect(sent).toEqual([
    { ...mail, from: { name: 'Tenantry', email: 'mail@example.com' } },
    { ...mail, from: 'mail@example.com' },
  ]);
});

it.each([
  ['E_RECIPIENT_SUPPRESSED', 'refused', 'e_recipient_suppressed'],
  ['E_VALIDATION_ERROR', 'refused', 'e_validation_error'],
  ['E_SENDER_NOT_VERIFIED', 'unreachable', 'e_sender_not_verified'],
  ['E_DAILY_LIMIT_EXCEEDED', 'unreachable', 'e_daily_limit_exceeded'],
  ['to ada@example.com failed', 'unreachable', 'e_unknown'],
  [undefined, 'unreachable', 'e_unknown'],
])('takes %s as %s, in a word of its own', async (code, kind, word) => {
  const { email } = binding(Object.assign(new Error('to ada@example.com failed'), { code }));
  expect(await openBinding(email, 'a@b.c').send(mail, 'out_1')).toEqual({ ok: false, error: { kind, code: word } });
});

it('is taken by the binding of the runtime', async () => {
  const { EMAIL } = env as unknown as { EMAIL: SendEmail };
  expect(await openBinding(EMAIL, 'Tenantry <mail@example.com>').send(mail, 'out_1')).toEqual({
    ok: true,
    value: null,
  });
});

it('is used where no mail server is set, and only with a sender', () => {
  const whole = { ...(env as unknown as RawEnv) };
  const { EMAIL } = whole;
  const from = 'Tenantry <mail@example.com>';
  expect(parseEnv({ ...whole }).postbox).toBeNull();
  expect(parseEnv({ ...whole, MAIL_FROM: from }).postbox).toEqual({ from, binding: EMAIL });
  expect(parseEnv({ ...whole, MAIL_FROM: from, EMAIL: undefined }).postbox).toBeNull();
  const url = 'smtps://mail.example.com';
  expect(parseEnv({ ...whole, MAIL_FROM: from, SMTP_URL: url }).postbox).toEqual({ from, url });
});
