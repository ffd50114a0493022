/** `npm run pages`: builds the pages into ui/dist, for a deploy. */
import { exitCodes } from '../../src/lib/exit-codes.ts';
import { reasonOf } from '../problem.ts';
import { arePagesBuilt, buildPages } from './build.ts';

const log = (line: string) => console.log(`pages: ${line}`);
try {
  if (arePagesBuilt()) log('ui/dist is up to date');
  await buildPages({ log, signal: new AbortController().signal });
} catch (error) {
  console.error(`pages: ${reasonOf(error)}`);
  process.exitCode = exitCodes.failed;
}
