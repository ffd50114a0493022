/**
 * `npm run journey`: a subscription's whole life on a platform of its own, which is gone afterwards, told as it happens: what is done,
 * and what Stripe, our rows, the licence, the stack and the mailbox show then. Exit code 1 where a step is not as told, or
 * all of it takes longer than is promised.
 */
import { parseArgs } from 'node:util';
import { messageOf } from '../src/lib/message.ts';
import { live } from './support/life/journey.ts';
import { endOf } from './support/life/tell.ts';

parseArgs({ options: {}, strict: true });

const begun = performance.now();
try {
  await live((line) => console.log(line));
  const { isInTime, line } = endOf(performance.now() - begun);
  console[isInTime ? 'log' : 'error'](`\n${line}`);
  if (!isInTime) process.exitCode = 1;
} catch (error) {
  console.error(`\nnot as told: ${messageOf(error)}`);
  process.exitCode = 1;
}
