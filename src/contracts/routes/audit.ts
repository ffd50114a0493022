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

export const listBillingAudit = route({
  operation: 'listBillingAudit',
  method: 'get',
  path: '/api/billing/audit',
  summary: 'Who did what to the organisation, newest first (org-admin; an account key for its own customer)',
  allow: { person: true, account: 'owner', admin: 'viewer' },
  words: 'billing',
  query: ownAuditQuery,
  answers: { 200: ownAuditAnswer },
  failures: ['not_found'],
});
