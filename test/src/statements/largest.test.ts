/** The largest customers: a hundred namespaces, each with a window an hour over a month (figures), a few of them in CI. */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { verifyStatement } from '../../../src/statements/verify.ts';
import { statedColumns } from '../../../src/statements/window.ts';
import { bytesOf, download, finalise, makeWorld, prepare, publishedKeys, randomMonth, shard } from './kit.ts';

const world = await makeWorld();

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
