import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kidOf, newKey, type PrivateJwk, textOf } from '../../cli/licence-keys.ts';
import { nextStep } from '../../cli/rotation.ts';
import type { LicenceKeyView } from '../../src/contracts/licences.ts';
import { licenceKeysAnswer } from '../../src/contracts/licences.ts';
import { iso, minuteMs } from '../../src/lib/time.ts';
import { callApi } from './harness.ts';
import { standIn } from './stand-in.ts';

/** When the world of a test begins. */
const startAt = Date.parse('2026-11-21T10:00:00.000Z');
const key = (kid: string, more: Partial<LicenceKeyView> = {}): LicenceKeyView => ({
  ...{ kid, signs: false, licences_in_force: 0, needed_until: null },
  ...{ published_at: '1970-01-01T00:00:00.000Z', signs_from: '1970-01-01T00:10:00.000Z' },
  ...more,
});
const signing = (kid: string, more: Partial<LicenceKeyView> = {}) =>
  key(kid, { signs: true, needed_until: '2027-01-01T00:00:00.000Z', ...more });
const publishedAgo = (minutes: number) => ({
  published_at: iso(startAt - minutes * minuteMs),
  signs_from: iso(startAt + (10 - minutes) * minuteMs),
});

describe('the next step of a rotation', () => {
  it.each([
    ['one key: another is published', ['a'], [signing('a')], { kind: 'publish' }],
    ['a new key is ripe: it signs', ['a', 'b'], [signing('a'), key('b', publishedAgo(10))], { kind: 'sign', kid: 'b' }],
    [
      'the old key has expired: it goes',
      ['b', 'a'],
      [signing('b', publishedAgo(500)), key('a', { needed_until: iso(startAt) })],
      { kind: 'retire', kids: ['a'] },
    ],
    [
      'the old key has never signed: it goes, and does not come back to sign',
      ['b', 'a'],
      [signing('b', publishedAgo(500)), key('a')],
      { kind: 'retire', kids: ['a'] },
    ],
    [
      'the old key is still needed: the next one is published',
      ['b', 'a'],
      [signing('b', publishedAgo(500)), key('a', { needed_until: iso(startAt + 1) })],
      { kind: 'publish' },
    ],
  ])('%s', (_, kids, keys, step) => {
    expect(nextStep(kids, keys, startAt)).toEqual({ ok: true, value: step });
  });

  it.each([
    ['the API has another set', ['a', 'b'], [signing('a')], null, 'other keys than the file'],
    [
      'cron has not seen the key',
      ['a', 'b'],
      [signing('a'), key('b', { published_at: null, signs_from: null })],
      startAt,
      'just now',
    ],
    ['the key is young', ['a', 'b'], [signing('a'), key('b', publishedAgo(9))], startAt + minuteMs, 'b may sign from'],
    [
      'the file with the step done was not handed over',
      ['b', 'a'],
      [signing('a'), key('b', publishedAgo(10))],
      null,
      'still signs with a',
    ],
  ])('waits: %s', (_, kids, keys, until, message) => {
    expect(nextStep(kids, keys, startAt)).toEqual({
      ok: false,
      error: { until, message: expect.stringContaining(message) },
    });
  });
});

describe('licences rotate', () => {
  let folder: string;
  let keys: [PrivateJwk, PrivateJwk];
  let kids: [string, string];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenantry-rotation-'));
    keys = [await newKey(2048), await newKey(2048)];
    kids = [await kidOf(keys[0]), await kidOf(keys[1])];
    await writeFile(join(folder, 'one.json'), textOf([keys[0]]));
    await writeFile(join(folder, 'two.json'), textOf(keys));
    await writeFile(join(folder, 'secrets.json'), JSON.stringify({ license_private_keys: textOf([keys[0]]) }));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const rotate = (
    file: string,
    out: string,
    said: LicenceKeyView[] | ((nth: number) => LicenceKeyView[]),
    ...args: string[]
  ) => {
    let asked = 0;
    const tell = () => ({ keys: typeof said === 'function' ? said(asked++) : said });
    const route = { method: 'GET', path: '/api/licenses/keys', status: 200, answer: licenceKeysAnswer, tell } as const;
    const call = ['licences', 'rotate', '--keys', join(folder, file), '--out', join(folder, out), ...args];
    return callApi(call, standIn([route]));
  };
  const kidsIn = async (file: string) =>
    Promise.all((JSON.parse(await readFile(join(folder, file), 'utf8')) as PrivateJwk[]).map(kidOf));

  it.each(['one.json', 'secrets.json'])(
    'puts a new key behind the one in %s, and prints nothing secret',
    async (file) => {
      const { exit, lines, notes } = await rotate(file, `next-${file}`, [signing(kids[0])]);
      expect([exit, notes]).toEqual([0, []]);
      const [first, second, ...rest] = await kidsIn(`next-${file}`);
      expect([first, rest]).toEqual([kids[0], []]);
      expect(lines.join('\n')).toContain(second);
      expect(lines.join('\n')).toContain(
        `npx wrangler secret put LICENSE_PRIVATE_KEYS < ${join(folder, `next-${file}`)}`,
      );
      const made = JSON.parse(await readFile(join(folder, `next-${file}`), 'utf8')) as PrivateJwk[];
      for (const { d } of made) expect(lines.join('\n')).not.toContain(d);
    },
  );

  it('waits until the new key may sign, then puts it in front', async () => {
    const young = [signing(kids[0]), key(kids[1], publishedAgo(9))];
    const early = await rotate('two.json', 'early.json', young);
    expect([early.exit, early.notes]).toEqual([1, [expect.stringContaining('may sign from 2026-11-21T10:01')]]);
    const late = await rotate('two.json', 'promoted.json', young, '--wait');
    expect(late.exit).toBe(0);
    expect(await kidsIn('promoted.json')).toEqual([kids[1], kids[0]]);
  });

  it('leaves out a key that has leaked, but never the only one', async () => {
    expect((await rotate('two.json', 'retired.json', [], '--retire', kids[0])).exit).toBe(0);
    expect(await kidsIn('retired.json')).toEqual([kids[1]]);
    const only = await rotate('one.json', 'none.json', [], '--retire', kids[0]);
    expect([only.exit, only.notes]).toEqual([1, [expect.stringContaining('is the only key')]]);
  });
});
