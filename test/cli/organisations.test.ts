/** `organisations`: what is asked of the API, and what is printed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pageQuery } from '../../src/contracts/common.ts';
import {
  issuerAnswer,
  issuerBody,
  organisationAnswer,
  organisationBody,
  organisationList,
  projectAnswer,
  projectBody,
} from '../../src/contracts/organisations.ts';
import { callApi, customerId } from './harness.ts';
import { type Route, standIn } from './stand-in.ts';

const id = `org_${'e'.repeat(32)}`;
const at = '2026-11-21T10:00:00.000Z';
const organisation = { organisation_id: id, slug: 'acme', name: 'Acme Ltd', issuer: null, created_at: at };

describe('organisations', () => {
  it('list shows where their people sign in', async () => {
    const items = [organisation, { ...organisation, issuer: 'https://login.example.com' }];
    const route: Route = {
      method: 'GET',
      path: '/api/organisations',
      query: pageQuery,
      status: 200,
      answer: organisationList,
      tell: () => ({ items, total: 2, page: 1, limit: 20 }),
    };
    const { exit, lines } = await callApi(['organisations', 'list'], standIn([route]));
    expect(exit).toBe(0);
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ['ORGANISATION', 'SLUG', 'NAME', 'ISSUER', 'SINCE'],
      [id, 'acme', 'Acme Ltd', '-', '2026-11-21'],
      [id, 'acme', 'Acme Ltd', 'https://login.example.com', '2026-11-21'],
      ['page 1 of 1, 2 in all'],
    ]);
  });

  it('add sends name and slug, and refuses a slug that is none', async () => {
    const route: Route = {
      method: 'POST',
      path: '/api/organisations',
      body: organisationBody,
      status: 201,
      answer: organisationAnswer,
      tell: () => ({ success: true, organisation }),
    };
    const args = ['organisations', 'add', 'Acme Ltd', '--slug'];
    const { exit, lines, heard } = await callApi([...args, 'acme'], standIn([route]));
    expect([exit, lines]).toEqual([0, [`Acme Ltd is acme: ${id}`]]);
    expect(heard[0]?.body).toEqual({ name: 'Acme Ltd', slug: 'acme' });
    expect((await callApi([...args, 'Ac me'], standIn([route]))).exit).toBe(2);
  });

  it('attach says whose the namespace is', async () => {
    const route: Route = {
      method: 'POST',
      path: '/api/organisations/:id/projects',
      body: projectBody,
      status: 201,
      answer: projectAnswer,
      tell: () => ({
        success: true,
        project: {
          cluster_id: 'local',
          namespace: 'shop',
          customer_id: customerId,
          own: false,
          attached_at: at,
          detached_at: null,
        },
      }),
    };
    const args = ['organisations', 'attach', id, 'shop', '--customer', customerId, '--cluster', 'local'];
    const { exit, lines, heard } = await callApi(args, standIn([route]));
    expect([exit, lines]).toEqual([0, [`shop of local is a project of ${customerId}`]]);
    expect(heard[0]?.body).toEqual({ cluster_id: 'local', namespace: 'shop', customer_id: customerId });
  });

  it('detach asks first, and says until when it is measured', async () => {
    const project = {
      cluster_id: 'local',
      namespace: 'shop',
      customer_id: customerId,
      own: false,
      attached_at: at,
      detached_at: '2026-11-21T11:00:00.000Z',
    };
    const route: Route = {
      method: 'DELETE',
      path: '/api/organisations/:id/projects/:cluster/:namespace',
      status: 200,
      answer: projectAnswer,
      tell: () => ({ success: true, project }),
    };
    const args = ['organisations', 'detach', id, 'shop', '--cluster', 'local'];
    const unasked = await callApi(args, standIn([route]));
    expect([unasked.exit, unasked.heard]).toEqual([2, []]);
    const { exit, lines, heard } = await callApi([...args, '--yes'], standIn([route]));
    expect([exit, lines]).toEqual([0, [`shop of local is detached from ${customerId}, as of 2026-11-21 11:00`]]);
    expect(heard[0]?.path).toBe(`/api/organisations/${id}/projects/local/shop`);
  });
});

describe('the issuer of an organisation', () => {
  const path = '/api/organisations/:id/issuer';
  const issuer = {
    issuer: 'https://login.example.com',
    audience: 'tenantry',
    client_id: 'web',
    client_secret: true,
    scopes: [],
    claims: { roles: 'realm_access.roles', namespaces: 'namespaces', org: 'org' },
    jwks_url: 'https://login.example.com/jwks',
    redirect_uri: 'https://billing.example.com/api/sessions/oidc/callback',
    set_at: at,
  };
  const answered = (method: 'GET' | 'PUT'): Route => ({
    method,
    path,
    ...(method === 'PUT' ? { body: issuerBody } : {}),
    status: 200,
    answer: issuerAnswer,
    tell: () => ({ success: true, issuer }),
  });
  const setting = ['organisations', 'issuer', 'set', id, '--issuer', issuer.issuer, '--audience', 'tenantry'];

  it('is shown without its secret', async () => {
    const { exit, lines } = await callApi(['organisations', 'issuer', 'show', id], standIn([answered('GET')]));
    expect([exit, lines[0], lines[2]]).toEqual([
      0,
      `issuer        ${issuer.issuer}`,
      'client        web, with a secret',
    ]);
  });

  it('is set as a whole, with a secret out of a file, after a question', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'issuer-'));
    const file = join(folder, 'secret');
    writeFileSync(file, 'c-secret\n');
    const whole = [
      ...setting,
      '--client-id',
      'web',
      '--client-secret-file',
      file,
      '--roles-claim',
      'realm_access.roles',
    ];
    const unasked = await callApi(whole, standIn([answered('PUT')]));
    expect([unasked.exit, unasked.heard]).toEqual([2, []]);
    const { exit, lines, heard } = await callApi(
      [...whole, '--scope', 'email', 'profile', '--yes'],
      standIn([answered('PUT')]),
    );
    expect([exit, lines.at(-1)]).toEqual([0, `redirect URI  ${issuer.redirect_uri}`]);
    expect(heard[0]?.body).toEqual({
      issuer: issuer.issuer,
      audience: 'tenantry',
      client_id: 'web',
      client_secret: 'c-secret',
      scopes: ['email', 'profile'],
      claims: { roles: 'realm_access.roles' },
    });
    expect(lines.join()).not.toContain('c-secret');
    const lacking = await callApi([...setting, '--yes'], standIn([answered('PUT')]));
    expect([lacking.exit, lacking.heard]).toEqual([2, []]);
    writeFileSync(file, 'two\nlines');
    expect((await callApi([...whole, '--yes'], standIn([answered('PUT')]))).exit).toBe(2);
    rmSync(folder, { recursive: true });
  });

  it('is removed after a question', async () => {
    const route: Route = { method: 'DELETE', path, status: 204, answer: null, tell: () => null };
    const args = ['organisations', 'issuer', 'remove', id];
    expect((await callApi(args, standIn([route]))).exit).toBe(2);
    const { exit, lines } = await callApi([...args, '--yes'], standIn([route]));
    expect([exit, lines]).toEqual([0, [`the issuer of ${id} is trusted no more`]]);
  });
});
