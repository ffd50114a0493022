/** From windows to a bill that proves itself: one reading for both, frozen, signed once, downloaded, right. */
import { env } from 'cloudflare:workers';
import { exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { openDb } from '../../../src/db/client.ts';
import { gunzip } from '../../../src/lib/gzip.ts';
import { sha256Hex } from '../../../src/lib/keys.ts';
import { verifyLicence } from '../../../src/licences/verify.ts';
import { toCostLine } from '../../../src/pricing/cost-line.ts';
import type { Line } from '../../../src/pricing/line.ts';
import { findRatingBasis } from '../../../src/pricing/store.ts';
import { openStatementKeys } from '../../../src/statements/keys.ts';
import { verifyStatement } from '../../../src/statements/verify.ts';
import { statedColumns } from '../../../src/statements/window.ts';
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
      body: toCostLine(line, first.period),
    });
    for (const one of due) await insertLine(second.invoiceId, lineOf(one));
    await finalise(world, second.invoiceId);
    const right = await verifyStatement(
      await bytesOf(await download(world, second.invoiceId)),
      await publishedKeys(world),
    );
    expect(right).toMatchObject({ outcome: 'right', findings: [] });

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

describe('the keys of statements', () => {
  it('stay published when another set has taken their place, so that what they signed still verifies', async () => {
    const { bytes } = await statementOf(world, 21, 20);
    const pair = await generateKeyPair('ES256', { extractable: true });
    const next = JSON.stringify([await exportJWK(pair.privateKey)]);
    const rotated = { ...world, context: { ...world.context, statementKeys: () => openStatementKeys(next) } };
    const later = await statementOf(rotated, 22, 20);
    const keys = await publishedKeys(world, { STATEMENT_PRIVATE_KEYS: next });
    for (const file of [bytes, later.bytes]) expect((await verifyStatement(file, keys)).signature).toBe('trusted');
    const [newest] = keys.keys;
    expect(keys.keys).toHaveLength(2);
    // A customer who has the new set only is told so.
    const verdict = await verifyStatement(bytes, { keys: newest ? [newest] : [] });
    expect(verdict).toMatchObject({ outcome: 'wrong', signature: 'wrong' });
    expect(verdict.findings[0]?.message).toContain('not among the keys given');
  });

  it('sign no licence, and no licence is a statement', async () => {
    const { bytes, accountKey, customer } = await statementOf(world, 23, 10);
    const [jws = ''] = (await gunzip(bytes)).split('\n');
    const statementKeys = await publishedKeys(world);
    const verdict = await verifyLicence(jws, statementKeys as never, 'https://x.test', new Date(world.context.now));
    expect(verdict.valid).toBe(false);
    const answer = await world.api.call('GET', `/api/licenses/${customer.id}`, { token: accountKey });
    const { license } = (await answer.json()) as { license: string };
    const asStatement = await verifyStatement(new TextEncoder().encode(license), statementKeys);
    expect(asStatement.outcome).toBe('unreadable');
    expect(asStatement.findings[0]?.message).toContain('licence');
    const licenceKeys = await (await world.api.call('GET', '/.well-known/jwks.json')).json();
    const byLicenceKeys = await verifyStatement(bytes, licenceKeys as never);
    expect(byLicenceKeys.findings[0]?.message).toContain('keys of licences');
  });

  it.each(['{}', '[]', '[{"kty":"RSA"}]', '[{"kty":"EC","crv":"P-256","x":"hidden","y":"b","d":"c"}]', 'hidden'])(
    'that are wrong are refused without a word of them (%s)',
    async (source) => {
      const error = await openStatementKeys(source).catch((thrown: unknown) => thrown);
      expect(String(error)).toContain('STATEMENT_PRIVATE_KEYS');
      expect(String(error)).not.toContain('hidden');
    },
  );

  it('that are not there sign nothing; the statement waits for them', async () => {
    const month = await randomMonth(world, 24, 10);
    await prepare(world, month);
    const without = { ...world, context: { ...world.context, statementKeys: async () => null } };
    await finalise(without, month.invoiceId);
    expect((await download(world, month.invoiceId)).status).toBe(409);
    await signStatements(world.context);
    expect((await download(world, month.invoiceId)).status).toBe(200);
  });
});

describe('the largest customers', () => {
  /** `npm run figures -- statements` takes a hundred. */
  const { TEST_STATEMENTS_NAMESPACES: namespaces = 4 } = env as unknown as { TEST_STATEMENTS_NAMESPACES?: number };

  it(`have a statement of ${namespaces} namespaces with an hour’s window each, in parts that fit`, {
    timeout: 600_000,
  }, async () => {
    const month = await randomMonth(world, 31, 0);
    const hour = 3_600_000;
    const first = Math.ceil((month.period.start + 1) / hour) * hour;
    await shard
      .prepare(
        `WITH RECURSIVE h(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM h WHERE i < 719),
          p(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM p WHERE i + 1 < ?1)
        INSERT INTO windows (customer_seq, window_end, reporter_seq, project_seq, seconds, revision, accepted_at, complete,
          gap_ms, missing, ${statedColumns.join(', ')})
        SELECT ?2, ?3 + h.i * ${hour}, 90001, 90100 + p.i, 3600, ?3, ?3 + h.i * ${hour} + 1000, 1, 0, 0,
          ${statedColumns.map((_, i) => `abs((h.i * 7919 + p.i * 104729) * ${i + 13}) % 50`).join(', ')} FROM h, p`,
      )
      .bind(namespaces, month.customer.seq, first)
      .run();
    const begun = Date.now();
    await prepare(world, month);
    const prepared = Date.now();
    await finalise(world, month.invoiceId);
    const signed = Date.now();
    const bytes = await bytesOf(await download(world, month.invoiceId));
    const fetched = Date.now();
    const verdict = await verifyStatement(bytes, await publishedKeys(world));
    expect(verdict).toMatchObject({ outcome: 'right', facts: { windows: namespaces * 720 } });
    const parts = await shard
      .prepare('SELECT max(length(body)) AS longest, count(*) AS parts FROM statement_parts WHERE invoice_id = ?')
      .bind(month.invoiceId)
      .first<{ longest: number; parts: number }>();
    expect(parts?.longest).toBeLessThan(1_000_000);
    console.log(
      `${namespaces} namespaces, ${namespaces * 720} windows: prepared in ${prepared - begun} ms, signed in ${signed - prepared} ms, ` +
        `sent in ${fetched - signed} ms (${bytes.length} bytes, ${parts?.parts} parts), checked in ${Date.now() - fetched} ms`,
    );
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
