/** Routes of invoices, of lines that wait for approval, and of the brake of billing. */
import { notFound } from '../contracts/failures.ts';
import * as routes from '../contracts/routes/invoices.ts';
import { boundCustomer } from '../credentials/principal.ts';
import { deed } from '../http/deed.ts';
import { type Endpoint, endpoint, json, param, reply } from '../http/endpoint.ts';
import { err } from '../lib/result.ts';
import { msOrNull } from '../lib/time.ts';
import { closeInvoice } from '../workflows/billing/close-period.ts';
import { decideHeldLine } from '../workflows/billing/decide-held-line.ts';
import { previewInvoice } from '../workflows/billing/preview-invoice.ts';
import { changeBrake } from '../workflows/billing/set-brake.ts';
import { findBrake } from './brake-store.ts';
import { findLines, listHeld } from './line-store.ts';
import { find, findMany, findSigned, list } from './store.ts';
import { toBrake, toHead, toHeld, toInvoice } from './wire.ts';

const listRoute = endpoint({
  ...routes.listInvoices,
  handle: async ({ db, query, principal }) => {
    const { customer_id: named, state, from, to, q, page, limit } = query;
    const bound = boundCustomer(principal);
    if (bound !== null && named !== undefined && named !== bound) {
      return err({ code: 'customer_mismatch', message: 'customer_id: is not the customer of this key' });
    }
    const times = { from: msOrNull(from), to: msOrNull(to) };
    const { rows, total } = await list(db, { customerId: bound ?? named, state, ...times, q, page, limit });
    const signed = await findSigned(
      db,
      rows.map(({ id }) => id),
    );
    return reply(200, { items: rows.map((row) => toHead(row, signed.has(row.id))), total, page, limit });
  },
});

const read = endpoint({
  ...routes.readInvoice,
  handle: async (call) => {
    const { db, principal } = call;
    const invoice = await find(db, param(call, 'invoiceId'));
    const bound = boundCustomer(principal);
    if (invoice === null || (bound !== null && bound !== invoice.customerId)) return err(notFound);
    const [lines, signed] = await Promise.all([findLines(db, invoice.id), findSigned(db, [invoice.id])]);
    return reply(200, { success: true, invoice: toInvoice(invoice, lines, signed.has(invoice.id)) });
  },
});

const finalize = deed({
  ...routes.finalizeInvoice,
  plan: (context, call) => {
    const id = param(call, 'invoiceId');
    return call.preview ? previewInvoice(context, id) : closeInvoice(context, id, 'asked');
  },
  answer: ({ invoice, lines }) => json(200, { success: true, invoice: toInvoice(invoice, lines) }),
});

const holds = endpoint({
  ...routes.listHolds,
  handle: async ({ db, query }) => {
    const { invoice_id: invoiceId, customer_id: customerId, page, limit } = query;
    const { rows, total } = await listHeld(db, { invoiceId, customerId, page, limit });
    const invoices = await findMany(
      db,
      rows.map(({ invoiceId }) => invoiceId),
    );
    const items = rows.flatMap((line) => {
      const invoice = invoices.get(line.invoiceId);
      return invoice === undefined ? [] : [toHeld({ line, invoice })];
    });
    return reply(200, { items, total, page, limit });
  },
});

const release = deed({
  ...routes.releaseHold,
  plan: (context, call) =>
    decideHeldLine(context, { id: param(call, 'lineId'), verdict: 'release', reason: call.body.reason }),
  answer: (held) => json(200, { success: true, hold: toHeld(held) }),
});

const reject = deed({
  ...routes.rejectHold,
  plan: (context, call) =>
    decideHeldLine(context, { id: param(call, 'lineId'), verdict: 'reject', reason: call.body.reason }),
  answer: (held) => json(200, { success: true, hold: toHeld(held) }),
});

const readBrake = endpoint({
  ...routes.readBrake,
  handle: async ({ db, env }) => reply(200, toBrake(await findBrake(db), env.BILLING_MODE)),
});

const setBrake = deed({
  ...routes.setBrake,
  plan: (context, call) => changeBrake(context, call.body),
  answer: (brake) => json(200, toBrake(brake, brake.mode)),
});

/** `holds` before `:invoiceId`, which would take the word for an id. */
export const invoiceEndpoints: readonly Endpoint[] = [
  listRoute,
  holds,
  release,
  reject,
  read,
  finalize,
  readBrake,
  setBrake,
];
