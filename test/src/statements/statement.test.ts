/** From windows to a bill that proves itself: one reading for both, frozen, signed once, downloaded, right. */
import { describe, expect, it } from 'vitest';
import { openDb } from '../../../src/db/client.ts';
import { asCorrection } from '../../../src/invoices/lines.ts';
import { gunzip } from '../../../src/lib/gzip.ts';
import { sha256Hex } from '../../../src/lib/keys.ts';
import { toCostLine } from '../../../src/pricing/cost-line.ts';
import type { Line } from '../../../src/pricing/line.ts';
import { findRatingBasis } from '../../../src/pricing/store.ts';
import { verifyStatement } from '../../../src/statements/verify.ts';
import { ratePeriod } from '../../../src/workflows/billing/rate-period.ts';
import { signStatements } from '../../../src/workflows/billing/sign-statements.ts';
import { rollUpDays } from '../../../src/workflows/metering/roll-up.ts';
import { signUp } from '../../harness/worker/api.ts';
import {
  bytesOf,
  control,
  db,
  download,
  finalise,
  insertInvoice,
  insertLine,
  makeWorld,
  prepare,
  publishedKeys,
  randomMonth,
  shard,
  statementOf,
} from './kit.ts';

const world = await makeWorld();
const dayMs = 86_400_000;

/** A line with its decimals written out, so that two are the same only to the last digit. */
const exactly = (lines: readonly Line[]) => JSON.parse(JSON.stringify(lines)) as unknown;

describe('the bill by the windows themselves', () => {
  it.each([1, 2, 3, 4, 5, 6])('is to the last digit the one by the shard’s sums (seed %i)', async (seed) => {
    const month = await randomMonth(world, seed, 150);
    // Of every other month the days are rolled up, as they are by the time that it is billed.
    if (seed % 2 === 0) await rollUpDays([shard], month.period.end + 40 * dayMs);
    const { rated } = await prepare(world, month);
    const basis = await findRatingBasis(db, month.customer.id);
    const bySums = await ratePeriod(openDb(shard), month.customer.seq, month.period, basis);
    expect(exactly(rated.lines)).toEqual(exactly(bySums.lines));
    expect(rated.totalCents).toBe(bySums.totalCents);
    expect(rated.lines.filter((line) => line.amountCents > 0).length).toBeGreaterThan(3);
  });
});

describe('a statement', () => {
  it('of a final invoice is right, by the published keys, for its customer', async () => {
    const { bytes, customer, accountKey, invoiceId } = await statementOf(world, 11, 120);
    const keys = await publishedKeys(world);
    expect(keys.keys[0]).toMatchObject({ kty: 'EC', use: 'sig', typ: 'tenantry-statement+jws', alg: 'ES256' });
    expect(JSON.stringify(keys)).not.toContain('"d"');
    const verdict = await verifyStatement(bytes, keys, { customerId: customer.id, invoiceId });
    expect(verdict).toMatchObject({ outcome: 'right', signature: 'trusted', findings: [] });
    expect(verdict.lines.map(({ state }) => state)).toEqual(expect.arrayContaining(['right', 'copied']));
    expect(verdict.facts?.total_cents).toBe(verdict.lines.reduce((sum, line) => sum + line.amount_cents, 0));
    const own = await download(world, invoiceId, accountKey);
    expect([own.status, own.headers.get('content-type')]).toEqual([200, 'application/vnd.tenantry.statement']);
    expect(await gunzip(await bytesOf(own))).toBe(await gunzip(bytes));
  });

  it('says nothing that is not the customer’s: not what a namespace costs us, no other plan, no secret', async () => {
    const { bytes } = await statementOf(world, 12, 60);
    const text = await gunzip(bytes);
    const [jws = ''] = text.split('\n');
    const payload = atob((jws.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'));
    expect(text + payload).not.toMatch(/cost_cpu|microusd|canExecuteJobs|"d"/);
  });

  it('is not there before the invoice is final, nor for anybody else', async () => {
    const month = await randomMonth(world, 13, 20);
    const stranger = await signUp(world.api);
    const statusOf = async (token?: string) => {
      const answer = await download(world, month.invoiceId, token);
      const { code } = (await answer.json()) as { code?: string };
      return [answer.status, code];
    };
    expect(await statusOf()).toEqual([409, 'statement_not_ready']);
    await prepare(world, month);
    await signStatements(world.context);
    expect(await statusOf(month.accountKey)).toEqual([409, 'statement_not_ready']);
    expect(await statusOf(stranger.api_key)).toEqual([404, 'not_found']);
    await finalise(world, month.invoiceId);
    expect((await download(world, month.invoiceId, stranger.api_key)).status).toBe(404);
    expect((await download(world, month.invoiceId, month.accountKey)).status).toBe(200);
    expect((await download(world, `inv_${'f'.repeat(32)}`)).status).toBe(404);
  });

  it('stays what it was when windows are corrected, and when it is prepared or signed again', async () => {
    const { bytes, ...month } = await statementOf(world, 14, 60);
    const before = await gunzip(bytes);
    await shard
      .prepare('UPDATE windows SET cpu_core_ms = 99000000, revision = revision + 1 WHERE customer_seq = ?')
      .bind(month.customer.seq)
      .run();
    await prepare(world, month);
    await finalise(world, month.invoiceId);
    const after = await bytesOf(await download(world, month.invoiceId));
    expect(await gunzip(after)).toBe(before);
    expect((await verifyStatement(after, await publishedKeys(world))).outcome).toBe('right');
  });

  it('that is prepared anew before it is signed has the windows of then, and no parts of before', async () => {
    const month = await randomMonth(world, 15, 40);
    await prepare(world, month);
    await shard
      .prepare('UPDATE windows SET cpu_core_ms = 99000000, revision = revision + 1 WHERE customer_seq = ?')
      .bind(month.customer.seq)
      .run();
    await prepare(world, month);
    await finalise(world, month.invoiceId);
    const bytes = await bytesOf(await download(world, month.invoiceId));
    expect((await verifyStatement(bytes, null)).outcome).toBe('right');
    expect(await gunzip(bytes)).toContain('"cpu_core_ms":99000000');
    const runs = await shard
      .prepare('SELECT count(DISTINCT run) AS runs FROM statement_parts WHERE invoice_id = ?')
      .bind(month.invoiceId)
      .first<{ runs: number }>();
    expect(runs?.runs).toBe(2);
  });

  it('names what is held for approval and leaves it out of the total', async () => {
    const month = await randomMonth(world, 16, 80);
    const { rated } = await prepare(world, month);
    const dear = rated.lines.find((line) => line.kind === 'usage' && line.amountCents > 0) as Line;
    const { period, invoiceId } = month;
    const body = toCostLine(dear, period);
    await insertLine(invoiceId, {
      lineId: dear.id,
      by: 'tenantry',
      amountCents: dear.amountCents,
      period,
      state: 'held',
      body,
    });
    await finalise(world, invoiceId);
    const verdict = await verifyStatement(await bytesOf(await download(world, invoiceId)), null);
    expect(verdict.outcome).toBe('right');
    expect(verdict.lines.find(({ line_id }) => line_id === dear.id)?.state).toBe('held');
    const usage = rated.lines.filter(({ kind }) => kind === 'usage').reduce((sum, line) => sum + line.amountCents, 0);
    expect(verdict.facts?.total_cents).toBe(usage - dear.amountCents);
  });

  it('proves a correction of an earlier period by that period’s windows and what was billed of it', async () => {
    const first = await randomMonth(world, 17, 80);
    const { rated } = await prepare(world, first);
    const billed = new Map(
      rated.lines.filter(({ kind }) => kind === 'usage').map((line) => [line.id, line.amountCents]),
    );
    await shard
      .prepare('UPDATE windows SET ingress_requests = 90000000, revision = revision + 1 WHERE customer_seq = ?')
      .bind(first.customer.seq)
      .run();
    const period = { start: first.period.end, end: first.period.end + 31 * dayMs, kind: 'paid' as const };
    const second = { ...first, period, invoiceId: await insertInvoice(first.customer.id, period) };
    const { earlier } = await prepare(world, second, [{ ...first.period, billed }]);
    const due = (earlier[0]?.lines ?? []).flatMap((line) => {
      const cents = line.amountCents - (billed.get(line.id) ?? 0);
      return line.kind === 'usage' && cents !== 0 ? [{ line, cents }] : [];
    });
    expect(due.length).toBeGreaterThan(0);
    const lineOf = ({ line, cents }: (typeof due)[number], more = 0) => ({
      lineId: line.id,
      by: 'tenantry' as const,
      amountCents: cents + more,
      period: first.period,
      deltaOf: first.invoiceId,
      body: asCorrection(toCostLine(line, first.period), billed.get(line.id) ?? 0),
    });
    for (const one of due) await insertLine(second.invoiceId, lineOf(one));
    await finalise(world, second.invoiceId);
    const right = await verifyStatement(
      await bytesOf(await download(world, second.invoiceId)),
      await publishedKeys(world),
    );
    expect(right).toMatchObject({ outcome: 'right', findings: [] });

    await control.prepare("UPDATE invoices SET state = 'void' WHERE id = ?").bind(second.invoiceId).run();
    const third = { ...second, invoiceId: await insertInvoice(first.customer.id, period) };
    await prepare(world, third, [{ ...first.period, billed }]);
    for (const one of due) await insertLine(third.invoiceId, lineOf(one, 1));
    await finalise(world, third.invoiceId);
    const wrong = await verifyStatement(await bytesOf(await download(world, third.invoiceId)), null);
    expect(wrong.outcome).toBe('wrong');
    expect(wrong.findings.map(({ at }) => at)).toEqual(due.map(({ line }) => line.id));
  });

  it('of a customer without any windows is right, too', async () => {
    const month = await randomMonth(world, 18, 0);
    await prepare(world, month);
    await finalise(world, month.invoiceId);
    const verdict = await verifyStatement(
      await bytesOf(await download(world, month.invoiceId)),
      await publishedKeys(world),
    );
    expect(verdict).toMatchObject({ outcome: 'right', facts: { windows: 0 } });
  });
});

describe('a signature', () => {
  it('is made once, whoever is faster', async () => {
    const month = await randomMonth(world, 25, 30);
    await prepare(world, month);
    await control.prepare('UPDATE invoices SET finalized_at = 2 WHERE id = ?').bind(month.invoiceId).run();
    await Promise.all([signStatements(world.context), signStatements(world.context)]);
    const row = await control
      .prepare('SELECT sha256 FROM statements WHERE invoice_id = ?')
      .bind(month.invoiceId)
      .first<{ sha256: string }>();
    const [jws = ''] = (await gunzip(await bytesOf(await download(world, month.invoiceId)))).split('\n');
    expect(await sha256Hex(jws)).toBe(row?.sha256);
  });
});
