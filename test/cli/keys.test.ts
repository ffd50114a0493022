import { describe, expect, it } from 'vitest';
import { adminTokenAnswer, adminTokenBody, credentialList, credentialsQuery } from '../../src/contracts/credentials.ts';
import {
  apiKeyAnswer,
  apiKeyBody,
  apiKeyList,
  customerAnswer,
  rotateAnswer,
  rotateBody,
} from '../../src/contracts/customers.ts';
import { accepted } from '../../src/contracts/jobs.ts';
import { licenceHistory, revokeBody } from '../../src/contracts/licences.ts';
import {
  clusterAnswer,
  clusterBody,
  clusterCredentialBody,
  clusterKeyAnswer,
  clusterList,
  clusterTokenAnswer,
} from '../../src/contracts/organisations.ts';
import { callApi, customerBody, customerId, problem } from './harness.ts';
import { get, post, remove, standIn } from './stand-in.ts';

const keyId = `key_${'d'.repeat(32)}`;
const otherKey = `key_${'e'.repeat(32)}`;
const secret = `${customerId}_${'0'.repeat(32)}`;
const at = '2026-11-21T10:00:00.000Z';
const page = (items: unknown[]) => ({ items, total: items.length, page: 1, limit: 20 });

describe('keys', () => {
  const keys = '/api/customers/:id/api-keys';

  it('list shows who uses which, without secrets', async () => {
    const nothing = { expires_at: null, last_used_on: null, rotated_to: null };
    const old = { key_id: otherKey, name: null, created_at: at, revoked_at: at, ...nothing };
    const full = {
      ...{ key_id: keyId, name: 'ci', created_at: at, revoked_at: null },
      ...{ expires_at: '2027-01-01T00:00:00.000Z', last_used_on: '2026-11-20', rotated_to: null },
    };
    const { lines } = await callApi(['keys', 'list', customerId], standIn([get(keys, apiKeyList, page([full, old]))]));
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ['KEY', 'NAME', 'MADE', 'LAST USED', 'EXPIRES', 'REVOKED', 'ROTATED TO'],
      [keyId, 'ci', '2026-11-21', '2026-11-20', '2027-01-01 00:00', '-', '-'],
      [otherKey, '-', '2026-11-21', '-', '-', '2026-11-21 10:00', '-'],
      ['page 1 of 1, 2 in all'],
    ]);
  });

  it('create takes a date or a stretch of time, and prints the key once', async () => {
    const made = { success: true, key_id: keyId, api_key: secret };
    const route = post(keys, apiKeyBody, 201, apiKeyAnswer, made);
    const args = ['keys', 'create', customerId, '--name', 'ci', '--expires', '30d'];
    const { exit, lines, heard } = await callApi(args, standIn([route]));
    expect(exit).toBe(0);
    expect(heard[0]?.body).toEqual({ name: 'ci', expires_at: '2026-12-21T10:00:00.000Z' });
    expect(lines.filter((line) => line.includes(secret))).toHaveLength(1);
    const bare = await callApi(['keys', 'create', customerId], standIn([route]));
    expect(bare.heard[0]?.body).toEqual({});
  });

  const rotate = post(`${keys}/:key/rotate`, rotateBody, 201, rotateAnswer, {
    success: true,
    key_id: otherKey,
    api_key: secret,
    old_revoked_at: '2026-11-22T10:00:00.000Z',
  });

  it('rotate keeps the old key for a day, and says until when', async () => {
    const { lines, heard } = await callApi(['keys', 'rotate', keyId, customerId], standIn([rotate]));
    expect(heard[0]).toMatchObject({
      path: `/api/customers/${customerId}/api-keys/${keyId}/rotate`,
      body: { overlap_seconds: 86_400 },
    });
    expect(lines.at(-1)).toBe(`${keyId} works until 2026-11-22 10:00 UTC.`);
  });

  it('rotate without an overlap asks, because the old key stops at once', async () => {
    const args = ['keys', 'rotate', keyId, '--customer', customerId, '--overlap', '0'];
    expect(await callApi(args, standIn([rotate]))).toMatchObject({ exit: 2, heard: [] });
    expect(await callApi([...args, '-y'], standIn([rotate]))).toMatchObject({ exit: 0 });
  });

  it('revoke asks, deletes, and says no in the words of the API', async () => {
    const routes = [remove(`${keys}/:key`)];
    const args = ['keys', 'revoke', keyId, customerId];
    expect(await callApi(args, standIn(routes))).toMatchObject({ exit: 2, heard: [] });
    const gone = await callApi(args, standIn(routes), 'yes');
    expect(gone).toMatchObject({ exit: 0, lines: [`${keyId} is revoked`] });
    expect(gone.heard[0]).toMatchObject({ method: 'DELETE', path: `/api/customers/${customerId}/api-keys/${keyId}` });
    const last = await callApi(args, () => ({ status: 409, body: problem('last_key', 'the last key stays') }), 'yes');
    expect(last).toMatchObject({ exit: 1, notes: [expect.stringContaining('last_key: the last key stays')] });
  });
});

describe('credentials', () => {
  const one = {
    credential_id: keyId,
    kind: 'admin',
    owner: `adm_${'1'.repeat(32)}`,
    name: 'ci',
    role: 'viewer',
    created_at: at,
    expires_at: null,
    last_used_on: null,
    revoked_at: null,
  };
  const route = get('/api/credentials', credentialList, page([one]), credentialsQuery.strict());

  it('list passes its filters on, a customer by any of its names', async () => {
    const admins = await callApi(['credentials', 'list', '--kind', 'admin'], standIn([route]));
    expect(admins.heard[0]?.query.get('kind')).toBe('admin');
    expect(admins.lines[1]?.split(/ {2,}/)).toEqual([
      keyId,
      'admin',
      one.owner,
      'ci',
      'viewer',
      '2026-11-21',
      '-',
      '-',
      '-',
    ]);
    const own = await callApi(['credentials', 'list', customerId], standIn([route]));
    expect(own.heard[0]?.query.get('owner')).toBe(customerId);
    const cluster = await callApi(['credentials', 'list', '--owner', 'local'], standIn([route]));
    expect(cluster.heard[0]?.query.get('owner')).toBe('local');
  });

  it('revoke asks first', async () => {
    const args = ['credentials', 'revoke', keyId];
    expect(await callApi(args, standIn([remove('/api/credentials/:id')]))).toMatchObject({ exit: 2, heard: [] });
    const { exit, lines } = await callApi([...args, '--yes'], standIn([remove('/api/credentials/:id')]));
    expect({ exit, lines }).toEqual({ exit: 0, lines: [`${keyId} is revoked`] });
  });
});

describe('admin-tokens create', () => {
  it('prints the token once, and how to revoke it', async () => {
    const token = `adm_${'1'.repeat(32)}_${'2'.repeat(32)}`;
    const made = { success: true, credential_id: keyId, token };
    const route = post('/api/admin-tokens', adminTokenBody, 201, adminTokenAnswer, made);
    const args = ['admin-tokens', 'create', '--name', 'ci', '--role', 'operator', '--expires', '2027-01-01'];
    const { lines, heard } = await callApi(args, standIn([route]));
    expect(heard[0]?.body).toEqual({ name: 'ci', role: 'operator', expires_at: '2027-01-01T00:00:00.000Z' });
    expect(lines.filter((line) => line.includes(token))).toHaveLength(1);
    expect(lines.at(-1)).toBe(`It is revoked with: tenantry credentials revoke ${keyId}`);
  });
});

describe('clusters', () => {
  const cluster = {
    cluster_id: 'eu-west-1',
    queue_binding: 'DEPLOYMENTS_EU',
    namespaces_max: 1200,
    services_max: 10_000,
    storage_class: 'standard',
    namespaces_used: 7,
    created_at: at,
  };

  it('list says how full each is', async () => {
    const { lines } = await callApi(
      ['clusters', 'list'],
      standIn([get('/api/clusters', clusterList, page([cluster]))]),
    );
    expect(lines[1]?.split(/ {2,}/)).toEqual([
      ...['eu-west-1', '7', '1,200', '10,000', 'standard', 'DEPLOYMENTS_EU', '2026-11-21'],
    ]);
  });

  it('create sends only what was given, and says what comes next', async () => {
    const route = post('/api/clusters', clusterBody, 201, clusterAnswer, { success: true, cluster });
    const args = ['clusters', 'create', 'eu-west-1', '--queue-binding', 'DEPLOYMENTS_EU', '--namespaces-max', '50'];
    const { heard, lines } = await callApi(args, standIn([route]));
    expect(heard[0]?.body).toEqual({ cluster_id: 'eu-west-1', queue_binding: 'DEPLOYMENTS_EU', namespaces_max: 50 });
    expect(lines.at(-1)).toContain('tenantry clusters token eu-west-1');
  });

  it('token and key print what they made, once', async () => {
    const token = post('/api/clusters/:id/tokens', clusterCredentialBody, 201, clusterTokenAnswer, {
      ...{ success: true, key_id: keyId, token: 'prv_secret' },
    });
    const key = post('/api/clusters/:id/keys', clusterCredentialBody, 201, clusterKeyAnswer, {
      ...{ success: true, key_id: keyId, api_key: 'clu_secret' },
    });
    const args = ['clusters', 'token', 'eu-west-1', '--name', 'second', '--expires', '30d'];
    const made = await callApi(args, standIn([token]));
    expect(made.heard[0]?.body).toEqual({ name: 'second', expires_at: '2026-12-21T10:00:00.000Z' });
    expect(made.lines.filter((line) => line.includes('prv_secret'))).toHaveLength(1);
    const another = await callApi(['clusters', 'key', 'eu-west-1'], standIn([key]));
    expect(another.lines.filter((line) => line.includes('clu_secret'))).toHaveLength(1);
  });
});

describe('licences of a living customer', () => {
  const living = get('/api/customers/:id', customerAnswer, customerBody('ready'));

  it('revoke asks, says what goes on, and how to give a new one', async () => {
    const route = post('/api/licenses/:id/revoke', revokeBody, 200, accepted, { success: true });
    const args = ['licences', 'revoke', customerId, '--reason', 'leaked'];
    expect(await callApi(args, standIn([living, route]))).toMatchObject({ exit: 2, heard: [] });
    const { lines } = await callApi([...args, '--yes'], standIn([living, route]));
    expect(lines[1]).toContain('The subscription (starter, trialing) and the stack go on, and so does the bill');
    expect(lines[2]).toContain(`tenantry licences reissue ${customerId}`);
  });

  it('show of a revoked one says how to give a new one', async () => {
    const { exit, notes } = await callApi(['licences', 'show', customerId], () => ({
      status: 409,
      body: problem('licence_revoked', "the customer's licence has been revoked"),
    }));
    expect(exit).toBe(1);
    expect(notes[0]).toContain(`tenantry licences reissue ${customerId}`);
    expect(notes[1]).toContain('licence_revoked');
  });

  it('history says which are revoked', async () => {
    const issued = {
      id: 'jti-1',
      action: 'generated',
      plan: 'starter',
      max_devices: 10,
      generated_at: at,
      metadata: {},
    };
    const history = {
      customer_id: customerId,
      email: 'ada@example.com',
      history: [{ ...issued, revoked_at: '2026-11-22T10:00:00.000Z' }, issued],
      statistics: { totalGenerations: 2, byAction: {}, byPlan: {} },
    };
    const route = get('/api/licenses/:id/history', licenceHistory, history, undefined);
    const { lines } = await callApi(['licences', 'history', customerId], standIn([route]));
    expect(lines.slice(1, 3).map((line) => line.split(/ {2,}/)[4])).toEqual(['2026-11-22 10:00', '-']);
  });
});
