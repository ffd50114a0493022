import { describe, expect, it } from 'vitest';
import { canonicalAddress } from '../../../src/lib/address.ts';

describe('the address that a limit counts by', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:0:1:2:3:4:5', '2001:db8:0:1::/64'],
    ['2001:0DB8:0000:0001:ffff:ffff:ffff:ffff', '2001:db8:0:1::/64'],
    ['2001:db8:0:1::', '2001:db8:0:1::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    [' 192.0.2.1 ', '192.0.2.1'],
  ])('of %s is %s', (given, counted) => expect(canonicalAddress(given)).toBe(counted));

  it.each([
    null,
    '',
    'unknown',
    '300.1.1.1',
    '2001:db8::1::2',
    'example.com',
    '1.2.3',
    '[::1]',
    '192.0.2.1, 192.0.2.2',
  ])('of %j is unknown', (given) => expect(canonicalAddress(given)).toBe('unknown'));
});
