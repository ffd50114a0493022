/** How the bundles of many messages become D1 batches: pure. */
import type { Bundle } from './bundle.ts';

/** Rows of a batch: 2,500 are stored fastest (94,000 rows/s; of 5,000 68,000). */
const chunkRowsMax = 2500;
/** D1 takes a parameter of up to 2 MB. */
const chunkCharsMax = 1_500_000;

/** A bundle with the message it came in, by its place in the delivery. */
export interface Sourced {
  bundle: Bundle;
  source: number;
}

/**
 * Puts bundles together up to the size of a batch, in order. A window may stand in a chunk twice: the upsert takes rows one
 * after another, so that the second meets the first as if it had come later.
 */
export function chunksOf(items: readonly Sourced[]): Sourced[][] {
  const chunks: Sourced[][] = [];
  let rows = Number.POSITIVE_INFINITY;
  let chars = 0;
  for (const item of items) {
    rows += item.bundle.count;
    chars += item.bundle.text.length;
    if (rows > chunkRowsMax || chars > chunkCharsMax) {
      chunks.push([]);
      rows = item.bundle.count;
      chars = item.bundle.text.length;
    }
    chunks.at(-1)?.push(item);
  }
  return chunks;
}
