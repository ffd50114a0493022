/** Sealed text opens for us only, for what it was made for, unchanged, also after the keys were rotated. */
import { expect, it } from 'vitest';
import { cryptoRandom } from '../../../src/lib/ids.ts';
import { makeSealer } from '../../../src/licences/seal.ts';

const keys = (...exponents: string[]) => JSON.stringify(exponents.map((d) => ({ kty: 'RSA', d })));
const sealer = makeSealer(keys('old'), cryptoRandom);

it('opens what it sealed, and holds nothing of it in the open', async () => {
  const sealed = await sealer.seal('client secret', 'org_1', 'the secret');
  expect(await sealer.open('client secret', 'org_1', sealed)).toBe('the secret');
  expect(Buffer.from(sealed.split('.')[2] ?? '', 'base64url').toString()).not.toContain('secret');
  expect(await sealer.seal('client secret', 'org_1', 'the secret')).not.toBe(sealed);
});

it('opens nothing for another purpose, about something else, changed, or of others', async () => {
  const sealed = await sealer.seal('client secret', 'org_1', 'x');
  expect(await sealer.open('sign-in', 'org_1', sealed)).toBeNull();
  expect(await sealer.open('client secret', 'org_2', sealed)).toBeNull();
  const parts = sealed.split('.');
  const flipped = parts.with(2, `${parts[2]?.startsWith('A') ? 'B' : 'A'}${parts[2]?.slice(1)}`).join('.');
  for (const bad of [flipped, '', 'a.b.c', parts.slice(0, 2).join('.'), parts.with(1, '').join('.')])
    expect(await sealer.open('client secret', 'org_1', bad)).toBeNull();
  expect(await makeSealer(keys('other'), cryptoRandom).open('client secret', 'org_1', sealed)).toBeNull();
});

it('opens after a rotation what the old key sealed, as long as that is in the set', async () => {
  const sealed = await sealer.seal('client secret', 'org_1', 'x');
  expect(await makeSealer(keys('new', 'old'), cryptoRandom).open('client secret', 'org_1', sealed)).toBe('x');
  expect(await makeSealer(keys('new'), cryptoRandom).open('client secret', 'org_1', sealed)).toBeNull();
});

it('says which variable is wrong', async () => {
  for (const source of ['[]', 'x', '[{}]']) {
    const sealing = async () => await makeSealer(source, cryptoRandom).seal('sign-in', '', 'x');
    await expect(sealing()).rejects.toThrow('LICENSE_PRIVATE_KEYS');
  }
});
