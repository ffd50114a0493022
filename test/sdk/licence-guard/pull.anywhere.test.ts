/** How a guard pulls: by ETag, with the last good licence kept, whatever the API answers, or does not. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Guard, type GuardOptions, openGuard } from '../../../sdk/licence-guard/src/guard.ts';
import { memoryStore } from '../../../sdk/licence-guard/src/memory-store.ts';
import {
  claims,
  customerId,
  dayMs,
  issuer,
  newKey,
  revocationList,
  type SigningKey,
  signAs,
  startMs,
} from './issuer.ts';
import { away, type StandingApi, standingApi } from './standing-api.ts';

const apiKey = 'cust_key';
const licencePath = `/api/licenses/${customerId}`;
const listPath = '/api/licenses/revocations';

let ours: SigningKey;
let theirs: SigningKey;
let good: string;
beforeAll(async () => {
  [ours, theirs] = await Promise.all([newKey(), newKey()]);
  good = await signAs(ours, claims);
});

let now = startMs;
/** Opens a guard as an instance of workerd or Node: with one pull where nothing that it holds counts, and no timer. */
async function open(api: StandingApi, more: Partial<GuardOptions> = {}): Promise<Guard> {
  const store = memoryStore();
  const options = { api: issuer, customerId, apiKey, store, now: () => now, fetch: api.fetch, ...more };
  const guard = await openGuard(options);
  guard.close();
  return guard;
}

const started = async (more: Partial<GuardOptions> = {}) => {
  now = startMs;
  const api = standingApi(apiKey, good, [ours.jwk]);
  api.revocations = await revocationList(ours, startMs);
  return { api, guard: await open(api, more) };
};

describe('a guard', () => {
  it('takes the licence, the key set and the list from the API, and starts without it the next time', async () => {
    const store = memoryStore();
    const { api, guard } = await started({ store });
    expect(guard.state()).toMatchObject({ code: 'valid', stale: false, checkedAt: startMs, problem: null });
    expect(api.calls).toEqual([licencePath, '/.well-known/jwks.json', listPath]);
    api.instead = away;
    api.calls.length = 0;
    const again = await open(api, { store });
    expect(again.state()).toMatchObject({ code: 'valid', plan: 'professional', stale: false, checkedAt: startMs });
    expect(api.calls).toEqual([]);
  });

  it('asks whether the licence that it has is still the one in force', async () => {
    const { api, guard } = await started();
    api.calls.length = 0;
    now += dayMs / 4;
    expect(await guard.refresh()).toMatchObject({ code: 'valid', checkedAt: now, problem: null });
    expect(api.calls).toEqual([`${licencePath} "lic_1"`, `${listPath} "list"`]);
  });

  it('takes a newer licence, also under a key that it does not know yet', async () => {
    const { api, guard } = await started();
    api.licence = await signAs(theirs, { ...claims, jti: 'lic_2', plan: 'enterprise', iat: claims.iat + 1 });
    api.keys = [ours.jwk, theirs.jwk];
    expect(await guard.refresh()).toMatchObject({ code: 'valid', plan: 'enterprise', problem: null });
  });

  it('does not ask for keys when the host gives its own', async () => {
    const { api, guard } = await started({ keys: { pem: ours.pem } });
    api.licence = await signAs(theirs, { ...claims, jti: 'lic_2', iat: claims.iat + 1 });
    api.keys = [theirs.jwk];
    expect(await guard.refresh()).toMatchObject({ code: 'valid', licence: { jti: 'lic_1' } });
    expect(guard.state().problem).toContain('unknown_key');
    expect(api.calls).not.toContain('/.well-known/jwks.json');
  });

  it('pulls nothing by itself where the host says so, and writes its store only when something has changed', async () => {
    const { api } = await started();
    const [writes, kept] = [[] as string[], memoryStore()];
    const store = { read: kept.read, write: (text: string) => kept.write(text).then(() => void writes.push(text)) };
    const opened = () =>
      openGuard({ api: issuer, customerId, apiKey, store, background: false, now: () => now, fetch: api.fetch });
    api.calls.length = 0;
    expect((await opened()).state().code).toBe('no_licence');
    expect([api.calls, writes.length]).toEqual([[], 1]);
    await (await opened()).refresh();
    expect(writes.length).toBe(2);
    for (let request = 0; request < 3; request++) expect((await opened()).state().code).toBe('valid');
    expect([api.calls.length, writes.length]).toEqual([3, 2]);
  });

  it('pulls once, however many ask at the same time', async () => {
    const { api, guard } = await started();
    api.calls.length = 0;
    await Promise.all([guard.refresh(), guard.refresh(), guard.refresh()]);
    expect(api.calls).toHaveLength(2);
  });

  it.each([
    ['away', away],
    ['answering 500', () => Response.json({ code: 'internal' }, { status: 500 })],
    ['refusing the key', () => Response.json({ code: 'unauthorized' }, { status: 401 })],
    [
      'saying that the licence is revoked, which only a signed list may',
      () => Response.json({ code: 'licence_revoked' }, { status: 409 }),
    ],
    [
      'sending it elsewhere',
      () => new Response(null, { status: 302, headers: { location: 'https://evil.example.com/' } }),
    ],
    ['answering a page', () => new Response('<html>', { status: 200 })],
    ['answering nothing', () => new Response(null, { status: 200 })],
    ['answering another thing', () => Response.json({ license: 1, revocations: {}, keys: [] })],
    ['answering a forged licence', () => Response.json({ license: 'a.b.c', revocations: 'a.b.c', keys: [] })],
    [
      'answering without an end',
      () => new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(65_536)) })),
    ],
    ['silent', (): Promise<Response> => new Promise(() => {})],
  ])('keeps the last good licence while the API is %s', async (_what, instead) => {
    const { api, guard } = await started({ timeoutMs: 50 });
    api.instead = instead;
    now += dayMs / 4;
    expect(await guard.refresh()).toMatchObject({ mode: 'licensed', code: 'valid', checkedAt: startMs });
    expect(guard.state().problem).not.toBeNull();
  });

  it.each<[string, object, string]>([
    ['one that is older', { jti: 'lic_0', iat: claims.iat - 1 }, 'older than the one held'],
    ['one that has expired', { jti: 'lic_2', iat: claims.iat + 1, exp: claims.iat }, 'expired'],
    ['another customer’s', { jti: 'lic_2', sub: 'cust_b' }, 'unknown_licence'],
    ['another issuer’s', { jti: 'lic_2', iss: 'https://evil.example.com' }, 'wrong_claims'],
  ])('keeps it instead of %s', async (_what, other, why) => {
    const { api, guard } = await started();
    api.licence = await signAs(ours, { ...claims, ...other });
    expect(await guard.refresh()).toMatchObject({ code: 'valid', licence: { jti: 'lic_1' } });
    expect(guard.state().problem).toBe(`the licence that was answered is not taken: ${why}`);
  });

  it('goes on when its store does not', async () => {
    const broken = async () => {
      throw new Error('disk full');
    };
    const problems: string[] = [];
    const { guard } = await started({
      store: { read: broken, write: broken },
      onProblem: (line) => problems.push(line),
    });
    expect(guard.state().code).toBe('valid');
    expect(problems.join()).toContain('the store cannot be read: Error: disk full; the store cannot be written');
  });

  it.each([
    '',
    'licence',
    '[]',
    '{"jwks":{"keys":[{"kty":"RSA","kid":"a","n":"","e":""}]},"firstStartedAt":"x","licence":1}',
  ])('starts with a store that holds %j', async (text) => {
    const { guard } = await started({ store: memoryStore(text) });
    expect(guard.state()).toMatchObject({ code: 'valid', unlicensedUntil: null });
  });

  it('believes nothing of its store that is not signed', async () => {
    const store = memoryStore(JSON.stringify({ licence: await signAs(theirs, claims), revocations: 'a.b.c' }));
    const guard = await openGuard({ api: issuer, customerId, keys: { pem: ours.pem }, store, now: () => startMs });
    expect(guard.state()).toMatchObject({ mode: 'unlicensed', code: 'unknown_key', stale: true });
  });

  it('takes the newest of what the store and the host have', async () => {
    const newer = await signAs(ours, { ...claims, jti: 'lic_2', iat: claims.iat + 1 });
    const held = async (stored: string, given: string) => {
      const store = memoryStore(JSON.stringify({ licence: stored }));
      const guard = await openGuard({
        api: issuer,
        customerId,
        keys: { pem: ours.pem },
        store,
        licence: given,
        now: () => startMs,
      });
      return guard.state().licence?.jti;
    };
    expect([await held(good, newer), await held(newer, good), await held('a.b.c', good)]).toEqual([
      'lic_2',
      'lic_2',
      'lic_1',
    ]);
  });
});

describe('a list of revocations', () => {
  it.each([
    ['the licence', () => ({ jtis: ['lic_0', 'lic_1'] })],
    ['the key that signed it', () => ({ kids: [ours.kid] })],
  ])('that names %s takes it away, and a restart does not bring it back', async (_what, revoked) => {
    const store = memoryStore();
    const { api, guard } = await started({ store });
    api.revocations = await revocationList(ours, startMs + 1000, revoked());
    expect(await guard.refresh()).toMatchObject({ mode: 'unlicensed', code: 'revoked', licence: { jti: 'lic_1' } });
    api.instead = away;
    now += 3 * dayMs;
    expect((await open(api, { store })).state()).toMatchObject({ code: 'revoked', stale: true });
  });

  it('ends with a licence that is issued anew', async () => {
    const { api, guard } = await started();
    api.revocations = await revocationList(ours, startMs + 1000, { jtis: ['lic_1'] });
    await guard.refresh();
    api.licence = await signAs(ours, { ...claims, jti: 'lic_2', iat: claims.iat + 1 });
    expect(await guard.refresh()).toMatchObject({ mode: 'licensed', code: 'valid' });
  });

  it('that is missing, old or of no use refuses no licence, and the state says so', async () => {
    const { api, guard } = await started();
    now += dayMs - 1000;
    expect(guard.state()).toMatchObject({ code: 'valid', stale: false });
    now += 1000;
    expect(guard.state()).toMatchObject({ code: 'valid', stale: true });
    api.revocations = null;
    expect(await guard.refresh()).toMatchObject({ code: 'valid', stale: true });
    expect((await open(standingApi(apiKey, good, [ours.jwk]))).state()).toMatchObject({ code: 'valid', stale: true });
  });

  it.each<[string, () => Promise<string>, string]>([
    ['an older one', () => revocationList(ours, startMs - 1000), 'older than the one held'],
    ['one of another’s key', () => revocationList(theirs, startMs + 2000), 'unknown_key'],
    ['one of another kind', () => revocationList(ours, startMs + 2000, {}, { typ: 'JWT' }), 'wrong_claims'],
    ['a licence', () => signAs(ours, claims), 'wrong_claims'],
    [
      'one that names numbers',
      () =>
        signAs(ours, { iat: claims.iat, exp: claims.exp, jtis: [1], kids: [] }, { typ: 'tenantry-revocations+jws' }),
      'wrong_claims',
    ],
  ])('is not replaced by %s', async (_what, make, why) => {
    const { api, guard } = await started();
    const revoked = await revocationList(ours, startMs + 1000, { jtis: ['lic_1'] });
    api.revocations = revoked;
    await guard.refresh();
    api.revocations = await make();
    expect(await guard.refresh()).toMatchObject({ code: 'revoked' });
    expect(guard.state().problem).toContain(why);
  });

  it('that takes a key back is the last that this key signs', async () => {
    const { api, guard } = await started();
    api.keys = [ours.jwk, theirs.jwk];
    api.revocations = await revocationList(theirs, startMs + 1000, { kids: [ours.kid] });
    expect(await guard.refresh()).toMatchObject({ code: 'revoked' });
    api.revocations = await revocationList(ours, startMs + 2000);
    expect(await guard.refresh()).toMatchObject({ code: 'revoked' });
    api.revocations = await revocationList(theirs, startMs + 2000);
    expect(await guard.refresh()).toMatchObject({ code: 'valid' });
  });
});
