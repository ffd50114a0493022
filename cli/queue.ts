/** `npm run queue` */
import { queueProgram } from './commands/queue.ts';
import { main } from './program.ts';

await main('queue', queueProgram);
