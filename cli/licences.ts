/** `npm run licences` */
import { licencesProgram } from './commands/licences.ts';
import { main } from './program.ts';

await main('licences', licencesProgram);
