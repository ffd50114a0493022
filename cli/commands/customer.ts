/** `customer`: the commands on customers and their stacks. */
import { groupOf } from '../command.ts';
import { addCommand } from './customer/add.ts';
import { cancelCommand } from './customer/cancel.ts';
import { deactivateCommand } from './customer/deactivate.ts';
import { driftCommand } from './customer/drift.ts';
import { listCommand } from './customer/list.ts';
import { periodsCommand } from './customer/periods.ts';
import { reactivateCommand } from './customer/reactivate.ts';
import { redeployCommand } from './customer/redeploy.ts';
import { resumeCommand } from './customer/resume.ts';
import { showCommand } from './customer/show.ts';
import { upgradeCommand } from './customer/upgrade.ts';

export const customerProgram = groupOf('Customers of this Tenantry', [
  addCommand,
  listCommand,
  showCommand,
  periodsCommand,
  redeployCommand,
  driftCommand,
  upgradeCommand,
  cancelCommand,
  resumeCommand,
  deactivateCommand,
  reactivateCommand,
]);
