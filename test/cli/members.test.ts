/** `members`: what is asked of the API, what is printed, and that nobody is removed unasked. */
import { describe, expect, it } from 'vitest';
import { pageQuery } from '../../src/contracts/common.ts';
import { memberAnswer, memberBody, memberList } from '../../src/contracts/sessions.ts';
import { callApi, customerId } from './harness.ts';
import { type Route, standIn } from './stand-in.ts';

const members = '/api/customers/:id/members';
const memberId = `mem_${'d'.repeat(32)}`;
const member = {
  member_id: memberId,
  email: 'ada@example.com',
  role: 'owner',
  created_at: '2026-11-21T10:00:00.000Z',
  last_signed_in_at: null,
};

describe('members', () => {
  it('list shows who they are', async () => {
    const items = [member, { ...member, role: 'viewer', last_signed_in_at: '2026-11-22T11:30:00.000Z' }];
    const route: Route = {
      method: 'GET',
      path: members,
      query: pageQuery,
      status: 200,
      answer: memberList,
      tell: () => ({ items, total: 2, page: 1, limit: 20 }),
    };
    const { exit, lines } = await callApi(['members', 'list', customerId], standIn([route]));
    expect(exit).toBe(0);
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ['MEMBER', 'EMAIL', 'ROLE', 'ADDED', 'LAST SIGNED IN'],
      [memberId, 'ada@example.com', 'owner', '2026-11-21', '-'],
      [memberId, 'ada@example.com', 'viewer', '2026-11-21', '2026-11-22 11:30'],
      ['page 1 of 1, 2 in all'],
    ]);
  });

  it('add sends email and role, and refuses a role that there is not', async () => {
    const route: Route = {
      method: 'POST',
      path: members,
      body: memberBody,
      status: 201,
      answer: memberAnswer,
      tell: () => ({ success: true, member }),
    };
    const args = ['members', 'add', customerId, '--email', 'ada@example.com', '--role'];
    const { exit, lines, heard } = await callApi([...args, 'owner'], standIn([route]));
    expect([exit, lines]).toEqual([0, [`ada@example.com is owner of ${customerId}: ${memberId}`]]);
    expect(heard[0]?.body).toEqual({ email: 'ada@example.com', role: 'owner' });
    expect((await callApi([...args, 'king'], standIn([route]))).exit).toBe(2);
  });

  it('remove asks first', async () => {
    const path = `${members}/:memberId`;
    const route: Route = { method: 'DELETE', path, status: 204, answer: null, tell: () => null };
    const args = ['members', 'remove', memberId, customerId];
    const unasked = await callApi(args, standIn([route]));
    expect([unasked.exit, unasked.heard]).toEqual([2, []]);
    const { exit, lines } = await callApi([...args, '--yes'], standIn([route]));
    expect([exit, lines]).toEqual([0, [`${memberId} is removed`]]);
  });
});
