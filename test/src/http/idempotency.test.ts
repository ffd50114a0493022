import { beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/lib/keys.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';

const api = makeApi();
const key = 'a-key-of-sixteen-or-more';
beforeAll(async () => {
  await ensureCluster(api);
});

const post = (body: unknown, idempotencyKey: string) =>
  api.call('POST', '/api/customers/signup', { body, headers: { 'idempotency-key': idempotencyKey } });

const countOf = async (email: string) => {
  const list = await api.call('GET', `/api/customers?q=${encodeURIComponent(email)}`, { token: rootToken });
  return ((await list.json()) as { total: number }).total;
};

describe('Idempotency-Key', () => {
  it('gives the first answer again, key included, and makes one customer', async () => {
    const body = { email: 'once@example.com', company_name: 'Once' };
    const first = await post(body, key);
    const again = await post(body, key);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await again.json()).toEqual(await first.json());
    expect(await countOf('once@example.com')).toBe(1);
  });

  it('refuses another body under the same key', async () => {
    const other = await post({ email: 'once@example.com', company_name: 'Other' }, key);
    expect(other.status).toBe(409);
    expect(await other.json()).toMatchObject({ code: 'idempotency_conflict' });
  });

  it('takes effect once when the same request comes ten times at once', async () => {
    const body = { email: 'parallel@example.com', company_name: 'Parallel' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(body, 'parallel-key-0123456789')));
    const codes = new Set(answers.map((a) => a.status));
    expect([...codes].every((status) => status === 201 || status === 409)).toBe(true);
    expect(await countOf('parallel@example.com')).toBe(1);
    const later = await post(body, 'parallel-key-0123456789');
    expect(later.status).toBe(201);
  });

  it('knows another query as another request, and answers it with nothing of the first', async () => {
    const slugs = ['first-org', 'second-org'];
    for (const slug of slugs) {
      await api.call('POST', '/api/organisations', { token: rootToken, body: { name: slug, slug } });
    }
    const make = (slug: string) =>
      api.call('POST', `/api/billing/keys?organisation=${slug}`, {
        token: rootToken,
        body: { name: 'prometheus' },
        headers: { 'idempotency-key': 'the-same-key-for-both' },
      });
    const [first, second, again] = [await make('first-org'), await make('second-org'), await make('first-org')];
    const { data } = (await first.json()) as { data: { api_key: string } };
    expect([first.status, second.status, again.status]).toEqual([201, 409, 201]);
    expect(await second.text()).not.toContain(data.api_key);
    expect(await again.json()).toMatchObject({ data });
  });

  it('keeps no failure: a refused request may be tried again under its key', async () => {
    const made = await signUp(api, { email: 'taken@example.com' });
    const body = { email: 'taken@example.com', company_name: 'Again' };
    expect((await post(body, 'refused-key-0123456789')).status).toBe(409);
    const row = await (api.bindings['CONTROL'] as D1Database)
      .prepare('SELECT count(*) n FROM idempotency_keys WHERE status IS NULL AND answer IS NULL')
      .first<{ n: number }>();
    expect(row?.n).toBe(0);
    expect(made.customer.email).toBe('taken@example.com');
  });

  it('forgets after 24 hours', async () => {
    const body = { email: 'forgotten@example.com', company_name: 'Forgotten' };
    expect((await post(body, 'forgotten-key-0123456789')).status).toBe(201);
    api.clock.now += 24 * 3_600_000 + 1;
    const later = await post(body, 'forgotten-key-0123456789');
    expect(await later.json()).toMatchObject({ code: 'email_exists' });
  });

  it('stores nothing that a password could be guessed from', async () => {
    const body = { email: 'guess@example.com', company_name: 'Guess', password: 'correct horse' };
    expect((await post(body, 'guessing-key-0123456789')).status).toBe(201);
    const parsed = { email: body.email, company_name: body.company_name, password: body.password, plan: 'starter' };
    const dump = await (api.bindings['CONTROL'] as D1Database).prepare('SELECT body_hash FROM idempotency_keys').all();
    expect(JSON.stringify(dump.results)).not.toContain(await sha256Hex(JSON.stringify(parsed)));
    const [again, other] = [
      await post(body, 'guessing-key-0123456789'),
      await post({ ...body, password: 'wrong horse' }, 'guessing-key-0123456789'),
    ];
    expect([again.status, other.status]).toEqual([201, 409]);
  });

  it('stores no answer in the clear', async () => {
    const made = await post({ email: 'sealed@example.com', company_name: 'Sealed' }, 'sealed-key-0123456789');
    const { api_key: apiKey } = (await made.json()) as { api_key: string };
    const dump = await (api.bindings['CONTROL'] as D1Database).prepare('SELECT * FROM idempotency_keys').all();
    expect(JSON.stringify(dump.results)).not.toContain(apiKey);
    expect(JSON.stringify(dump.results)).not.toContain('sealed@example.com');
  });
});
