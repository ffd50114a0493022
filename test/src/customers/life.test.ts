import { beforeAll, describe, expect, it } from 'vitest';
import type { CustomerAnswer } from '../../../src/contracts/customers.ts';
import { ensureCluster, makeApi, rootToken, signUp } from '../../harness/worker/api.ts';

const api = makeApi();
const control = api.bindings['CONTROL'] as D1Database;
beforeAll(async () => {
  await ensureCluster(api);
});

describe('a customer who is deactivated', () => {
  it('loses keys and licence at once, is to be suspended, and comes back with a new key', async () => {
    const made = await signUp(api, { plan: 'professional' });
    const path = `/api/customers/${made.customer.customer_id}`;
    const off = await api.call('POST', `${path}/deactivate`, { token: rootToken, body: { reason: 'asked for it' } });
    expect(await off.json()).toMatchObject({ subscription: { status: 'canceled' }, deployment: { generation: 2 } });
    expect((await api.call('GET', path, { token: made.api_key })).status).toBe(401);
    const licence = await api.call('GET', `/api/licenses/${made.customer.customer_id}`, { token: rootToken });
    expect(await licence.json()).toMatchObject({ code: 'licence_revoked' });
    const twice = await api.call('POST', `${path}/deactivate`, { token: rootToken, body: {} });
    expect(await twice.json()).toMatchObject({ code: 'already_deactivated' });

    const on = await api.call('POST', `${path}/reactivate`, { token: rootToken, body: {} });
    const back = (await on.json()) as CustomerAnswer & { api_key: string };
    expect(back).toMatchObject({ subscription: { status: 'trialing' }, deployment: { generation: 3 } });
    expect(back.api_key).not.toBe(made.api_key);
    expect((await api.call('GET', path, { token: made.api_key })).status).toBe(401);
    expect((await api.call('GET', path, { token: back.api_key })).status).toBe(200);
    const renewed = await api.call('GET', `/api/licenses/${made.customer.customer_id}`, { token: back.api_key });
    expect(renewed.status).toBe(200);
  });

  it('leaves an audit row for every deed, with a named actor, that nobody can change', async () => {
    const made = await signUp(api);
    await api.call('POST', `/api/customers/${made.customer.customer_id}/deactivate`, { token: rootToken, body: {} });
    const rows = await control
      .prepare('SELECT actor, action FROM audit_log WHERE subject = ? ORDER BY at, id')
      .bind(made.customer.customer_id)
      .all();
    expect(rows.results).toEqual(
      expect.arrayContaining([
        { actor: 'public', action: 'customer.signed_up' },
        { actor: 'admin:root', action: 'customer.deactivated' },
      ]),
    );
    await expect(control.prepare("UPDATE audit_log SET actor = 'nobody'").run()).rejects.toThrow('append-only');
    await expect(control.prepare('DELETE FROM audit_log').run()).rejects.toThrow('append-only');
  });
});

describe('account keys', () => {
  it('leave none alive that was made while the customer was being deactivated', async () => {
    for (let round = 0; round < 8; round++) {
      const id = (await signUp(api)).customer.customer_id;
      const make = () => api.call('POST', `/api/customers/${id}/api-keys`, { token: rootToken, body: {} });
      await Promise.all([
        make(),
        api.call('POST', `/api/customers/${id}/deactivate`, { token: rootToken, body: {} }),
        make(),
        make(),
      ]);
      const live = await control
        .prepare('SELECT count(*) AS n FROM credentials WHERE owner_id = ? AND revoked_at IS NULL')
        .bind(id)
        .first<{ n: number }>();
      expect(live?.n).toBe(0);
    }
  });

  it('are shown once, work until revoked, and are listed without secrets', async () => {
    const made = await signUp(api);
    const path = `/api/customers/${made.customer.customer_id}/api-keys`;
    const answer = await api.call('POST', path, { token: rootToken, body: { name: 'ci' } });
    const key = (await answer.json()) as { key_id: string; api_key: string };
    expect((await api.call('GET', path, { headers: { 'x-api-key': key.api_key } })).status).toBe(200);
    expect((await api.call('DELETE', `${path}/${key.key_id}`, { token: rootToken })).status).toBe(204);
    expect((await api.call('GET', path, { token: key.api_key })).status).toBe(401);
    const list = await (await api.call('GET', path, { token: made.api_key })).text();
    expect(list).toContain(key.key_id);
    expect(list).not.toContain(key.api_key);
  });
});

describe('organisations and clusters', () => {
  it('take a further customer into an organisation', async () => {
    const made = await signUp(api);
    const body = {
      email: `staging-${Date.now()}@example.com`,
      company_name: 'Staging',
      organisation_id: made.customer.organisation_id,
    };
    const second = await api.call('POST', '/api/customers', { token: rootToken, body });
    expect(await second.json()).toMatchObject({ customer: { organisation_id: made.customer.organisation_id } });
    const nowhere = { ...body, email: 'x@example.com', organisation_id: `org_${'0'.repeat(32)}` };
    expect((await api.call('POST', '/api/customers', { token: rootToken, body: nowhere })).status).toBe(404);
  });

  it('place nobody in a full cluster, and lose nothing by refusing', async () => {
    const before = await control.prepare('SELECT count(*) n FROM customers').first<{ n: number }>();
    await control.prepare("UPDATE clusters SET namespaces_max = ? WHERE id = 'local'").bind(0).run();
    const refused = await api.call('POST', '/api/customers/signup', {
      body: { email: 'late@example.com', company_name: 'Late' },
    });
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'cluster_full' });
    expect(refused.headers.get('retry-after')).not.toBeNull();
    await control.prepare("UPDATE clusters SET namespaces_max = 1200 WHERE id = 'local'").run();
    expect(await control.prepare('SELECT count(*) n FROM customers').first()).toEqual(before);
  });

  it('gives a doorbell queue to one cluster, whoever asks at once', async () => {
    const bindings = { DOORBELL_A: api.bindings['DOORBELL_LOCAL'], DOORBELL_B: api.bindings['DOORBELL_LOCAL'] };
    const make = (cluster_id: string, queue_binding: string) =>
      api.call('POST', '/api/clusters', { token: rootToken, body: { cluster_id, queue_binding }, bindings });
    const answers = await Promise.all(['a', 'b', 'c'].map((id) => make(id, 'DOORBELL_A')));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
    for (const answer of answers)
      if (answer.status === 409) expect(await answer.json()).toMatchObject({ code: 'queue_taken' });
    const again = await make('local', 'DOORBELL_LOCAL');
    expect(await again.json()).toMatchObject({ code: 'cluster_exists' });
    for (const id of ['Local', 'eu_west', '-a', 'a'.repeat(64), 'a\n', 'a/b']) {
      expect((await make(id, 'DOORBELL_B')).status, id).toBe(422);
    }
  });
});

describe('what a signup may be called', () => {
  it('takes either spelling of a name, and refuses both with different values', async () => {
    const email = `spelling-${Date.now()}@example.com`;
    const both = { email, company_name: 'A', companyName: 'B' };
    expect(await (await api.call('POST', '/api/customers/signup', { body: both })).json()).toMatchObject({
      code: 'conflicting_fields',
    });
    const made = await signUp(api, { email, company_name: undefined, companyName: 'Camel', fullName: 'Full' });
    expect(made.customer).toMatchObject({ company_name: 'Camel', full_name: 'Full' });
  });

  it('refuses control characters and keeps every other name to the letter', async () => {
    for (const company_name of ['a\u0000b', 'a\nb', 'a\u009fb', 'a\u007f', '   ', 'a\u202eb', 'a\u2066b', 'a\u2028b']) {
      const answer = await api.call('POST', '/api/customers/signup', {
        body: { email: 'c@example.com', company_name },
      });
      expect(answer.status, JSON.stringify(company_name)).toBe(422);
    }
    for (const company_name of [
      '--kube-context=x',
      'a,b={{ .Values }}',
      '"; DROP TABLE customers; --',
      'Ünïcödé 💥',
      '\u0024{HOME}',
    ]) {
      expect((await signUp(api, { company_name })).customer.company_name).toBe(company_name);
    }
  });
});
