/** Cron signs the statements of invoices that have become final, each once. Without keys none is signed, and they wait. */
import { formOf, type StatementPayload } from '../../contracts/statements.ts';
import { commit } from '../../db/client.ts';
import { shardOf } from '../../db/shards.ts';
import { newId } from '../../lib/ids.ts';
import { sha256Hex } from '../../lib/keys.ts';
import { secondMs } from '../../lib/time.ts';
import { type Basis, linesOf, totalOf } from '../../statements/basis.ts';
import { publicKeysOf, type StatementKeys, signStatement } from '../../statements/keys.ts';
import { keepOnly, partWriter, readText } from '../../statements/part-store.ts';
import { findLines, findOfInvoice, findUnsigned, noteSigned, type Unsigned } from '../../statements/store.ts';
import type { Context } from '../deed.ts';
import { each } from '../each.ts';

/** Of one tick. A hundred thousand invoices of a month's first day are signed in some eight hours. */
const signedMax = 200;
const atOnce = 4;

/** @returns how many were signed */
export async function signStatements(context: Context): Promise<number> {
  const keys = await context.statementKeys();
  if (keys === null) return 0;
  const due = await findUnsigned(context.db, signedMax);
  const done = await each(due, (one) => signOne(context, keys, one), {
    log: context.log,
    what: 'signing a statement',
    named: ({ invoiceId }) => ({ invoice_id: invoiceId }),
    atOnce,
  });
  return done.length;
}

async function signOne(context: Context, keys: StatementKeys, due: Unsigned) {
  const { invoiceId, customerId, run, usageShard, shadow } = due;
  const { db, now, random, settings } = context;
  const shard = shardOf(context, { usageShard });
  const [text, stored] = await Promise.all([
    readText(shard, { invoiceId, run, kind: 'basis' }),
    findLines(db, invoiceId),
  ]);
  const { lines: rated, ...basis } = JSON.parse(text) as Basis;
  const billed = stored.filter(({ by }) => !shadow || by === 'stripe');
  const lines = linesOf({ ...basis, lines: rated }, billed);
  const jti = newId('statement', random);
  const payload: StatementPayload = {
    version: formOf(basis.period),
    iss: settings.publicUrl,
    iat: Math.floor(now / secondMs),
    jti,
    typ: 'tenantry-statement',
    invoice_id: invoiceId,
    customer_id: customerId,
    currency: 'usd',
    ...basis,
    lines,
    total_cents: totalOf(lines),
  };
  const jws = await signStatement(keys, payload);
  const writer = partWriter(shard, { invoiceId, run: jti, kind: 'jws' });
  await writer.add(jws);
  await writer.end();
  const [key] = publicKeysOf(keys);
  if (key === undefined) throw new Error('the key set is empty');
  await commit(db, noteSigned({ invoiceId, run, jti, sha256: await sha256Hex(jws), key, now }));
  // Somebody may have signed at the same time, or prepared anew: only what counts is kept.
  const standing = (await findOfInvoice(db, invoiceId))?.statement;
  if (standing?.jti === jti) await keepOnly(shard, invoiceId, [standing.run, jti]);
}
