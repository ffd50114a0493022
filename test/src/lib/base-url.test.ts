import { describe, expect, it } from 'vitest';
import { isBaseUrl, isConfidential, plainHttpFaults } from '../../../src/lib/base-url.ts';

describe('a base URL', () => {
  it.each(['https://a.example', 'http://127.0.0.1:8787', 'https://a.example/client/v4/', 'http://[::1]:1'])(
    'is %s',
    (text) => expect(isBaseUrl(text)).toBe(true),
  );

  it.each([
    '',
    'a.example',
    'javascript:alert(1)',
    'ftp://a.example',
    'file:///etc/passwd',
    'https://user:word@a.example',
    'https://a.example?x=1',
    'https://a.example/?',
    'https://a.example/#x',
  ])('is not %s', (text) => expect(isBaseUrl(text)).toBe(false));
});

describe('a credential', () => {
  it.each([
    'https://a.example',
    'http://localhost',
    'http://tenantry.localhost:1',
    'http://127.0.0.1:8787',
    'http://127.9.9.9',
    'http://127.1',
    'http://[::1]:80',
  ])('may go to %s', (url) => expect(isConfidential(url)).toBe(true));

  it.each([
    'http://a.example',
    'http://10.0.0.1',
    'http://0.0.0.0',
    'http://127.0.0.1.example',
    'http://localhost.example',
    'http://notlocalhost',
    'http://[::2]',
    'http://billing.svc',
  ])('may not go to %s', (url) => expect(isConfidential(url)).toBe(false));

  it('is refused in the clear by the name of both variables, where there is one, unless it is allowed', () => {
    const carried = { API: ['TOKEN', 'OTHER'] };
    const found = { API: 'http://a.example', OTHER: 'secret' };
    expect(plainHttpFaults(found, carried)).toEqual([
      'API must be https, because OTHER is sent to it; ALLOW_PLAIN_HTTP=true allows http',
    ]);
    expect(plainHttpFaults({ ...found, ALLOW_PLAIN_HTTP: true }, carried)).toEqual([]);
    expect(plainHttpFaults({ API: 'http://a.example' }, carried)).toEqual([]);
    expect(plainHttpFaults({ OTHER: 'secret' }, carried)).toEqual([]);
  });
});
