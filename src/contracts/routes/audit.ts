/** The routes of the audit log: where they are, whom they admit, what they take and answer. */
import { auditList, auditQuery, ownAuditAnswer, ownAuditQuery } from '../audit.ts';
import { route } from '../route.ts';

export const listAudit = route({
  operation: 'listAudit',
  method: 'get',
  path: '/api/audit',
  summary: 'Who did what, newest first; of one customer or organisation, or of all; format=csv for a file',
  allow: { admin: 'viewer' },
  query: auditQuery,
  answers: { 200: auditList },
});

export const listOwnAudit = route({
  operation: 'listOwnAudit',
  method: 'get',
  path: '/api/billing/audit',
  summary: "Who did what to the caller's own organisation or account, newest first; format=csv for a file",
  allow: { admin: 'viewer', account: 'owner', person: true },
  query: ownAuditQuery,
  answers: { 200: ownAuditAnswer },
});
