/** `organisations`: what is asked of the API, and what is printed. */
import { describe, expect, it } from 'vitest';
import { pageQuery } from '../../src/contracts/common.ts';
import {
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
});
