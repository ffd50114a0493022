/**
 * `npm run journey`: a subscription's whole life on a platform of its own, which is gone afterwards, told as it happens: what is done,
 * and what Stripe, our rows, the licence, the stack and the mailbox show then. Exit code 1 where a step is not as told.
 */
import { parseArgs } from 'node:util';
import { messageOf } from '../src/lib/message.ts';
import { live } from './support/life/journey.ts';

parseArgs({ options: {}, strict: true });

const begun = performance.now();
try {
  await live((line) => console.log(line));
  console.log(`\nas told, in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
} catch (error) {
  console.error(`\nnot as told: ${messageOf(error)}`);
  process.exitCode = 1;
}
