/** The entry of `tenantry` and of the npm scripts that start with one of its words. */
import { run } from './program.ts';
import { processWorld } from './world.ts';

process.exitCode = await run(process.argv.slice(2), processWorld());
