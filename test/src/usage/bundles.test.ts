import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { quantityBounds } from '../../../src/contracts/usage.ts';
import { commit, openDb } from '../../../src/db/client.ts';
import { hourMs } from '../../../src/lib/time.ts';
import { bundlesOf, rowsOf } from '../../../src/usage/message/bundle.ts';
import { chunksOf } from '../../../src/usage/message/chunks.ts';
import { messagesOf, readMessage } from '../../../src/usage/message/message.ts';
import type { UsageRow } from '../../../src/usage/message/row.ts';
import { quantities } from '../../../src/usage/meters.ts';
import { allSlots, isEmpty, noSlots, slotsOf } from '../../../src/usage/slots.ts';
import { storeBundles } from '../../../src/usage/store.ts';
import { rowWith, shardOf, shardState } from './harness.ts';

const db = openDb(shardOf(env));
/** Cloudflare's and D1's. */
const [messageBytesMax, parameterBytesMax] = [128_000, 2_000_000];

const clear = async () => {
  for (const table of ['windows', 'window_changes', 'reviews', 'dirty_days']) {
    await shardOf(env).prepare(`DELETE FROM ${table}`).run();
  }
};
beforeEach(clear);

/** The bundles that arrive when rows are sent. */
const arriving = (messages: readonly string[]) =>
  messages.flatMap((text) => {
    const read = readMessage(text);
    return read?.kind === 'bundles' ? read.bundles : [];
  });

const row: fc.Arbitrary<UsageRow> = fc
  .record({
    customerSeq: fc.integer({ min: 1, max: 2 }),
    reporterSeq: fc.integer({ min: 1, max: 2 }),
    projectSeq: fc.integer({ min: 1, max: 2 }),
    windowEnd: fc.integer({ min: 1, max: 30 }).map((hour) => hour * hourMs),
    revision: fc.integer({ min: 1, max: 4 }),
    gap: fc.constantFrom(0, 0, 0, 1000, hourMs),
    missing: fc.constantFrom(noSlots, noSlots, noSlots, slotsOf([0, 2]), slotsOf([25, 31, 63])),
    gaps: fc.constantFrom(null, null, null, '[[0,"not_shown","pod \\"a",0,60000,60000]]'),
    quantities: fc.array(fc.constantFrom(null, null, 0, 1, 10 ** 11), {
      minLength: quantities.length,
      maxLength: quantities.length,
    }),
  })
  .map(({ gap, ...fields }) => {
    const none = fields.quantities.every((value) => value === null);
    const gapMs = none ? hourMs : gap;
    return rowWith({}, { ...fields, gapMs, complete: gapMs === 0 && isEmpty(fields.missing) && fields.gaps === null });
  });

/** The shard without the ids of reviews, which it draws itself. */
const shardContents = async () => {
  const { reviews, ...others } = await shardState(env);
  return { ...others, reviews: reviews.map(({ id: _drawn, ...review }) => review) };
};

const identity = (r: UsageRow) => JSON.stringify(Object.entries(r).sort(([a], [b]) => (a < b ? -1 : 1)));

describe('rows that travel together', () => {
  it('arrive as they were sent, and are stored as if each had come by itself', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40, size: 'max' }), async (rows) => {
        const bundles = arriving(messagesOf(rows));
        const arrived = bundles.flatMap((bundle) => rowsOf(bundle) ?? []);
        expect(arrived.map(identity).sort()).toEqual(rows.map(identity).sort());
        await clear();
        await commit(db, storeBundles(bundles));
        const together = await shardContents();
        await clear();
        // Rows of one window keep their order; which of two windows is first decides nothing.
        await commit(
          db,
          arrived.flatMap((r) => storeBundles(bundlesOf([r]))),
        );
        expect(together).toEqual(await shardContents());
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  const fullest = (i: number, over: Partial<UsageRow> = {}) =>
    rowWith(quantityBounds, { windowEnd: 495_000 * hourMs + i * hourMs, revision: 1_780_000_000_000 + i, ...over });
  const seen = { gapMs: hourMs - 1, missing: allSlots, gaps: JSON.stringify(Array(190).fill('"\\"')), complete: false };
  it.each([
    ['of one reporter', (i: number) => fullest(i)],
    [
      'of as many customers',
      (i: number) => fullest(i, { customerSeq: 100_000 + i, reporterSeq: 200_000 + i, ...seen }),
    ],
    [
      'of which only few have much',
      (i: number) => (i % 7 === 0 ? fullest(i, seen) : rowWith({}, { windowEnd: i * hourMs })),
    ],
  ])('fit into messages and into a parameter of the database: a thousand at their bounds, %s', async (_, make) => {
    const messages = messagesOf(Array.from({ length: 1000 }, (_, i) => make(i + 1)));
    for (const message of messages) expect(new TextEncoder().encode(message).length).toBeLessThan(messageBytesMax);
    // Ten such batches are delivered at once.
    const chunks = chunksOf(
      Array(10)
        .fill(arriving(messages).map((bundle) => ({ bundle, source: 0 })))
        .flat(),
    );
    for (const chunk of chunks) {
      for (const { params } of storeBundles(chunk.map(({ bundle }) => bundle))) {
        for (const parameter of params) expect(String(parameter).length).toBeLessThan(parameterBytesMax);
      }
    }
    await commit(db, storeBundles(arriving(messages)));
    expect((await shardState(env)).windows).toHaveLength(1000);
  });
});
