/** Routes of the members of a customer: who may sign in for it. */
import * as routes from '../contracts/routes/sessions.ts';
import { normaliseEmail } from '../customers/customer.ts';
import { deed } from '../http/deed.ts';
import { mayMailLink } from '../http/email-limits.ts';
import { type Endpoint, empty, endpoint, json, param, reply } from '../http/endpoint.ts';
import { addMember, removeMember } from '../workflows/accounts/members.ts';
import { listMembers } from './member-store.ts';
import { toMember } from './wire.ts';

const list = endpoint({
  ...routes.listMembers,
  handle: async ({ db, customer, query: { page, limit } }) => {
    const found = await listMembers(db, customer.customer.id, { page, limit });
    return reply(200, { items: found.rows.map(toMember), total: found.total, page, limit });
  },
});

const add = deed({
  ...routes.addMember,
  limits: [{ name: 'members', by: 'principal', rate: 'RATE_LIMIT_AUTH' }],
  plan: async (context, call) => {
    const email = normaliseEmail(call.body.email);
    const mailed = await mayMailLink(call, email);
    return await addMember(context, call.customer, { email, role: call.body.role, mailed });
  },
  answer: (row) => json(201, { success: true, member: toMember(row) }),
});

const remove = deed({
  ...routes.removeMember,
  plan: (context, call) => removeMember(context, call.customer, param(call, 'memberId')),
  answer: () => empty(204),
});

export const memberEndpoints: readonly Endpoint[] = [list, add, remove];
