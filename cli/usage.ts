/** `npm run usage` */
import { usageProgram } from './commands/usage.ts';
import { main } from './program.ts';

await main('usage', usageProgram);
