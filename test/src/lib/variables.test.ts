import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boolean,
  byDefault,
  choice,
  dnsName,
  duration,
  integer,
  type Kind,
  list,
  optional,
  readVariables,
  required,
  secret,
  secretOrFile,
  text,
  url,
} from '../../../src/lib/variables.ts';

const table = {
  COUNT: byDefault('3', integer(1, 50), 'how many'),
  DELAY: byDefault('120', duration('seconds', 0, 600), 'how long'),
  LOUD: byDefault('false', boolean, 'whether'),
  LEVEL: byDefault('info', choice(['debug', 'info', 'warn']), 'which'),
  PLANS: byDefault('a,b', list(choice(['a', 'b', 'c'])), 'which ones'),
  ADDRESS: required(url, 'where'),
  DOMAIN: optional(dnsName, 'under what'),
  NOTE: optional(text(), 'anything'),
  TOKEN: required(secret(8), 'who'),
  KEY: required(secretOrFile, 'who else'),
};
const whole = { ADDRESS: 'https://a.example/', TOKEN: 'a-long-token', KEY: 'k' };
const faults = (env: Record<string, unknown>): string[] => {
  const read = readVariables(table, env);
  return read.ok ? [] : read.error;
};

describe('an environment', () => {
  it('is read by its table, with defaults', () => {
    expect(readVariables(table, whole)).toEqual({
      ok: true,
      value: {
        COUNT: 3,
        DELAY: 120_000,
        LOUD: false,
        LEVEL: 'info',
        PLANS: ['a', 'b'],
        ADDRESS: 'https://a.example/',
        DOMAIN: undefined,
        NOTE: undefined,
        TOKEN: 'a-long-token',
        KEY: { value: 'k' },
      },
    });
  });

  it('may name a file instead of a secret, but not both', () => {
    const { KEY: _, ...without } = whole;
    const read = readVariables(table, { ...without, KEY_FILE: '/run/key' });
    expect(read.ok && read.value.KEY).toEqual({ file: '/run/key' });
    expect(faults({ ...whole, KEY_FILE: '/run/key' })).toEqual(['KEY and KEY_FILE are set: only one may be']);
    expect(faults(without)).toEqual(['KEY or KEY_FILE is required']);
  });

  it('takes the numbers and booleans of a Worker, and an empty text as not set', () => {
    const read = readVariables(table, { ...whole, COUNT: 7, LOUD: true, LEVEL: '' });
    expect(read.ok && read.value).toMatchObject({ COUNT: 7, LOUD: true, LEVEL: 'info' });
  });

  it('tells every fault at once, a line each, in the order of the table, then what does not agree', () => {
    const read = readVariables(table, { COUNT: '5O', DELAY: '-1', PLANS: 'a,d', TOKEN: 'short' }, (found) => {
      expect(found).toMatchObject({ LOUD: false });
      expect(found).not.toHaveProperty('COUNT');
      return ['COUNT and DELAY go together'];
    });
    expect(read.ok ? [] : read.error).toEqual([
      'COUNT must be a whole number from 1 to 50, not "5O"',
      'DELAY must be a whole number of seconds from 0 to 600, not "-1"',
      'PLANS must be a list with commas, each one of a, b, c, not "a,d"',
      'ADDRESS is required',
      'TOKEN must be printable ASCII without spaces, at least 8 characters',
      'KEY or KEY_FILE is required',
      'COUNT and DELAY go together',
    ]);
  });

  it.each([
    ['COUNT', '0'],
    ['COUNT', '51'],
    ['COUNT', '3.5'],
    ['COUNT', '1e1'],
    ['COUNT', ' 3'],
    ['COUNT', '9'.repeat(400)],
    ['LOUD', 'yes'],
    ['LEVEL', 'INFO'],
    ['PLANS', 'a,,b'],
    ['ADDRESS', 'a.example'],
    ['ADDRESS', 'javascript:alert(1)'],
    ['DOMAIN', 'Example.com'],
    ['DOMAIN', 'a..b'],
    ['DOMAIN', `${'a'.repeat(64)}.example`],
    ['DOMAIN', 'a.example/'],
    ['TOKEN', 'with a space'],
    ['TOKEN', 'a-long-token\n'],
    ['COUNT', { not: 'a text' }],
  ])('refuses %s=%s in one line that names it', (name, value) => {
    const lines = faults({ ...whole, [name]: value });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^${name} must be `));
    expect(lines[0]).not.toContain('\n');
  });

  it('repeats no secret, wherever it was put, and no line of another', () => {
    const token = fc.stringMatching(/^sk_[0-9A-Za-z]{20,60}$/);
    const names = fc.constantFrom(...Object.keys(table).filter((name) => name !== 'NOTE'));
    fc.assert(
      fc.property(token, names, (value, name) => {
        expect(faults({ ...whole, TOKEN: `${value} `, KEY: `${value}\n`, [name]: value }).join()).not.toContain(value);
      }),
    );
    expect(faults({ ...whole, TOKEN: 'tiny' }).join()).not.toContain('tiny');
    expect(faults({ ...whole, COUNT: 'x\nready' })).toEqual(['COUNT must be a whole number from 1 to 50']);
  });

  it('has no default that is wrong', () => {
    const wrong = { COUNT: byDefault('many', integer(1, 2), 'how many') };
    expect(() => readVariables(wrong, {})).toThrow('the default of COUNT');
  });

  it('takes every whole number of a range and no other', () => {
    const kind: Kind<number> = integer(10, 1_000);
    fc.assert(
      fc.property(fc.integer({ min: -2_000, max: 2_000 }), (n) => {
        expect(kind.read(String(n))).toBe(n >= 10 && n <= 1_000 ? n : undefined);
      }),
    );
  });
});
