/** Forged licences, at both verifiers: the guard's and the server's hold to one table (cases.ts). In Node and in workerd. */
import type { JWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { type GuardState, openGuard } from '../../../sdk/licence-guard/src/guard.ts';
import { type KeySet, readKeys } from '../../../sdk/licence-guard/src/keys.ts';
import { memoryStore } from '../../../sdk/licence-guard/src/memory-store.ts';
import { verifyLicence } from '../../../sdk/licence-guard/src/verify.ts';
import { verifyLicence as verifyAtServer } from '../../../src/licences/verify.ts';
import { type Case, type Cases, makeCases } from './cases.ts';
import { customerId, issuer, startMs } from './issuer.ts';

let cases: Cases;
let keys: KeySet;
const now = startMs + 1000;

beforeAll(async () => {
  cases = await makeCases();
  keys = await readKeys({ jwks: { keys: cases.keys } });
});

const byGuard = async (token: string): Promise<string> =>
  (await verifyLicence(token, keys, { issuer, customerId, now })).code;
const byServer = async (token: string): Promise<string> =>
  (await verifyAtServer(token, { keys: cases.keys }, issuer, new Date(now))).code;

/** What a host sees that was given the token as its licence. */
async function atHost(token: string): Promise<GuardState> {
  const given = { jwks: { keys: cases.keys } };
  const options = { api: issuer, customerId, keys: given, licence: token, store: memoryStore(), now: () => now };
  return (await openGuard(options)).state();
}

const verdicts = async (list: Case[], verify: (token: string) => Promise<string>) =>
  Promise.all(list.map(async ({ name, token }) => [name, await verify(token)]));
const expected = (list: Case[]) => list.map(({ name, code }) => [name, code]);

describe('a licence that is forged', () => {
  it('is refused by the guard: twelve ways and a statement, accepted 0', async () => {
    expect(cases.forged).toHaveLength(13);
    expect(await verdicts(cases.forged, byGuard)).toEqual(expected(cases.forged));
    expect(cases.forged.filter(({ code }) => code === 'valid')).toEqual([]);
  });

  it('is refused by the server with the same codes', async () => {
    expect(await verdicts(cases.forged, byServer)).toEqual(expected(cases.forged));
  });

  it('leaves a host unlicensed, and says why', async () => {
    expect(await atHost(cases.good)).toMatchObject({ mode: 'licensed', code: 'valid' });
    for (const { name, token, code } of cases.forged) {
      expect({ name, ...(await atHost(token)) }).toMatchObject({ name, mode: 'unlicensed', code });
    }
  });

  it('is refused where it is another customer’s, by whoever knows the customer', async () => {
    expect(await byGuard(cases.othersLicence)).toBe('unknown_licence');
    expect(await atHost(cases.othersLicence)).toMatchObject({ code: 'unknown_licence', licence: null });
  });
});

describe('the verdict', () => {
  it('is the same at guard and server, also where a token is odd or has more flaws than one', async () => {
    expect(await verdicts(cases.others, byGuard)).toEqual(expected(cases.others));
    expect(await verdicts(cases.others, byServer)).toEqual(expected(cases.others));
  });

  it('needs the set or the PEM alone', async () => {
    const pem = await readKeys({ pem: cases.pem });
    expect(await verifyLicence(cases.good, pem, { issuer, now })).toMatchObject({ valid: true, code: 'valid' });
    expect(await byGuard(cases.good)).toBe('valid');
    expect(await byServer(cases.good)).toBe('valid');
  });

  it('refuses what is longer than the API takes, before it looks at it', async () => {
    expect(await byGuard(cases.good + 'A'.repeat(16_384))).toBe('malformed');
  });

  it('takes no key that the set holds for another purpose', async () => {
    const [jwk] = cases.keys;
    for (const other of [{ use: 'enc' }, { alg: 'PS256' }, { kid: undefined }]) {
      await expect(readKeys({ jwks: { keys: [{ ...jwk, ...other }] as JWK[] } })).rejects.toThrow('there is no key');
    }
  });

  it.each([
    ['no key', { jwks: { keys: [] } }],
    ['a PEM that is none', { pem: 'a key' }],
    ['a key that is broken', { pem: '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----' }],
  ])('is not asked for with %s: that is an error at the start', async (_what, given) => {
    await expect(readKeys(given)).rejects.toThrow(/^licence-guard: /);
  });
});
