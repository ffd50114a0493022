/** The check of a bill beside the page, so that the page answers meanwhile: a large bill takes seconds. A script of its own. */
import '../data/without-eval.ts';
import type { PublicKeySet } from '../../../src/contracts/statements.ts';
import { type Expected, verifyStatement } from '../../../src/statements/verify.ts';

/** One bill to check. */
export interface BillJob {
  bytes: Uint8Array;
  keys: PublicKeySet;
  expected: Expected;
}

addEventListener('message', ({ data: { bytes, keys, expected } }: MessageEvent<BillJob>) => {
  void verifyStatement(bytes, keys, expected).then((verdict) => postMessage(verdict));
});
