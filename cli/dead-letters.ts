/** `npm run dead-letters` */
import { deadLettersProgram } from './commands/dead-letters.ts';
import { main } from './program.ts';

await main('dead-letters', deadLettersProgram);
