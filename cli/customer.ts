/** `npm run customer` */
import { customerProgram } from './commands/customer.ts';
import { main } from './program.ts';

await main('customer', customerProgram);
