/** `npm run generate-keys` */
import { generateKeysProgram } from './commands/generate-keys.ts';
import { main } from './program.ts';

await main('generate-keys', generateKeysProgram);
