/** The routes of statements: where they are, whom they admit, what they take and answer. */
import { route } from '../route.ts';
import { publicKeySet, statementType } from '../statements.ts';

export const readStatement = route({
  operation: 'readStatement',
  method: 'get',
  path: '/api/invoices/:invoiceId/statement',
  summary: 'What a final invoice is made of, signed: gzip, line 1 the JWS, then a line a window',
  allow: { admin: 'viewer', account: 'viewer' },
  answers: { 200: null },
  text: statementType,
  failures: ['not_found', 'statement_not_ready'],
});

export const readStatementKeys = route({
  operation: 'readStatementKeys',
  method: 'get',
  path: '/.well-known/statement-keys.json',
  summary: 'The public keys of statements as a JWK set, also those that sign no more; not those of licences',
  allow: { public: true },
  answers: { 200: publicKeySet },
});
