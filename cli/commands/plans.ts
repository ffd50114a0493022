/** `plans`: what is sold, as a file: checked, compared, simulated, published; and its subscribers. */
import { groupOf } from '../command.ts';
import { plansCheckCommand } from './plans/check.ts';
import { plansDiffCommand } from './plans/diff.ts';
import { plansListCommand } from './plans/list.ts';
import { plansMigrateCommand } from './plans/migrate.ts';
import { plansPublishCommand } from './plans/publish.ts';
import { plansSimulateCommand } from './plans/simulate.ts';

export const plansProgram = groupOf('What is sold: plans.yaml and its subscribers', [
  plansListCommand,
  plansCheckCommand,
  plansDiffCommand,
  plansSimulateCommand,
  plansPublishCommand,
  plansMigrateCommand,
]);
