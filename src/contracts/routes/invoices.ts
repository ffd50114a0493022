/** The routes of invoices: where they are, whom they admit, what they take and answer. */
import {
  brakeAnswer,
  brakeBody,
  finalizeBody,
  holdDecisionAnswer,
  holdDecisionBody,
  holdList,
  holdsQuery,
  invoiceAnswer,
  invoiceList,
  invoicesQuery,
} from '../invoices.ts';
import { route } from '../route.ts';

export const listInvoices = route({
  operation: 'listInvoices',
  method: 'get',
  path: '/api/invoices',
  summary: 'Invoices of one customer or of all, newest first',
  allow: { admin: 'viewer', account: 'viewer' },
  query: invoicesQuery,
  answers: { 200: invoiceList },
  failures: ['customer_mismatch'],
});

export const listHolds = route({
  operation: 'listHolds',
  method: 'get',
  path: '/api/invoices/holds',
  summary: 'Lines that wait for approval, oldest first',
  allow: { admin: 'viewer' },
  query: holdsQuery,
  answers: { 200: holdList },
});

export const releaseHold = route({
  operation: 'releaseHold',
  method: 'post',
  path: '/api/invoices/holds/:lineId/release',
  summary: 'Approve a line that was held',
  allow: { admin: 'operator' },
  body: holdDecisionBody,
  answers: { 200: holdDecisionAnswer },
  failures: ['line_not_held'],
  idempotent: true,
});

export const rejectHold = route({
  operation: 'rejectHold',
  method: 'post',
  path: '/api/invoices/holds/:lineId/reject',
  summary: 'Decide that a line that was held is never billed',
  allow: { admin: 'operator' },
  body: holdDecisionBody,
  answers: { 200: holdDecisionAnswer },
  failures: ['line_not_held'],
  idempotent: true,
});

export const readInvoice = route({
  operation: 'readInvoice',
  method: 'get',
  path: '/api/invoices/:invoiceId',
  summary: 'An invoice with every line and its reason',
  allow: { admin: 'viewer', account: 'viewer' },
  answers: { 200: invoiceAnswer },
});

export const finalizeInvoice = route({
  operation: 'finalizeInvoice',
  method: 'post',
  path: '/api/invoices/:invoiceId/finalize',
  summary: 'Bill what is known of a draft now, instead of at its deadline',
  allow: { admin: 'operator' },
  body: finalizeBody,
  answers: { 200: invoiceAnswer },
  failures: ['invoice_not_draft', 'billing_paused'],
  idempotent: true,
  preview: true,
});

export const readBrake = route({
  operation: 'readBillingBrake',
  method: 'get',
  path: '/api/billing-brake',
  summary: 'Whether invoices are billed, only computed, or kept waiting',
  allow: { admin: 'viewer' },
  answers: { 200: brakeAnswer },
});

export const setBrake = route({
  operation: 'setBillingBrake',
  method: 'put',
  path: '/api/billing-brake',
  summary: 'Bill invoices, compute them only, or keep them waiting',
  allow: { admin: 'owner' },
  body: brakeBody,
  answers: { 200: brakeAnswer },
});
