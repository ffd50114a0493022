/** `npm run signup-workflow` */
import { signupWorkflowProgram } from './commands/signup-workflow.ts';
import { main } from './program.ts';

await main('signup-workflow', signupWorkflowProgram);
