import { describe, expect, it } from 'vitest';
import { isSigned } from '../../../src/stripe/signature.ts';
import { signatureOf } from '../../harness/worker/stripe-events.ts';

const secret = 'whsec_now';
const old = 'whsec_before';
const seconds = 1_780_000_000;
const now = seconds * 1000 + 999;
const payload = '{"id":"evt_1","type":"ping","text":"ü – 漢"}';

const judge = (header: string | null, more: { payload?: string; secrets?: string[] } = {}) =>
  isSigned({ payload, secrets: [secret, old], ...more, header, now });

const hmac = (t = seconds, by = secret) => signatureOf(payload, t, by).split('v1=')[1] ?? '';

describe('the signature of a webhook', () => {
  it.each([
    ['of this second', signatureOf(payload, seconds, secret), true],
    ['299 s old', signatureOf(payload, seconds - 299, secret), true],
    ['300 s old', signatureOf(payload, seconds - 300, secret), true],
    ['301 s old', signatureOf(payload, seconds - 301, secret), false],
    ['299 s ahead', signatureOf(payload, seconds + 299, secret), true],
    ['300 s ahead', signatureOf(payload, seconds + 300, secret), true],
    ['301 s ahead', signatureOf(payload, seconds + 301, secret), false],
    ['by the old secret', signatureOf(payload, seconds, old), true],
    ['by another secret', signatureOf(payload, seconds, 'whsec_else'), false],
    ['with both secrets’ signatures', `t=${seconds},v1=${hmac(seconds, 'whsec_else')},v1=${hmac()}`, true],
    ['beside one of another scheme', `t=${seconds},v0=${hmac()},v1=${hmac()}`, true],
    ['of another scheme only', `t=${seconds},v0=${hmac()}`, false],
    ['of another time', `t=${seconds - 1},v1=${hmac()}`, false],
    ['missing', null, false],
    ['empty', '', false],
    ['without a time', `v1=${hmac()}`, false],
    ['without a signature', `t=${seconds}`, false],
    ['with an empty signature', `t=${seconds},v1=`, false],
    ['cut short', `t=${seconds},v1=${hmac().slice(0, -1)}`, false],
    ['with two times, the signed one last', `t=${seconds - 9999},t=${seconds},v1=${hmac()}`, false],
    ['with two times, the signed one first', `t=${seconds - 9999},v1=${hmac(seconds - 9999)},t=${seconds}`, false],
    ['with a time that is none', `t=${seconds}x,v1=${hmac()}`, false],
    ['of no header’s form', 'x'.repeat(5000), false],
  ])('%s', async (_, header, holds) => {
    expect(await judge(header)).toBe(holds);
  });

  it('does not hold for a payload that was changed by a byte, or by its form', async () => {
    const header = signatureOf(payload, seconds, secret);
    expect(await judge(header, { payload: payload.replace('ping', 'pong') })).toBe(false);
    expect(await judge(header, { payload: `${payload}\n` })).toBe(false);
    expect(await judge(header, { payload: '' })).toBe(false);
    expect(await judge(header, { payload: JSON.stringify(JSON.parse(payload), null, 2) })).toBe(false);
  });

  it('holds for neither secret once the endpoint has another', async () => {
    expect(await judge(signatureOf(payload, seconds, old), { secrets: [secret] })).toBe(false);
    expect(await judge(signatureOf(payload, seconds, secret), { secrets: [] })).toBe(false);
    expect(await judge(signatureOf(payload, seconds, ''), { secrets: [''] })).toBe(false);
  });
});
