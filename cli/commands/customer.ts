/** `customer`: the commands on customers and their stacks. */
import { groupOf } from '../command.ts';
import { addCommand } from './customer/add.ts';
import { deactivateCommand } from './customer/deactivate.ts';
import { driftCommand } from './customer/drift.ts';
import { listCommand } from './customer/list.ts';
import { periodsCommand } from './customer/periods.ts';
import { reactivateCommand } from './customer/reactivate.ts';
import { redeployCommand } from './customer/redeploy.ts';
import { showCommand } from './customer/show.ts';

export const customerProgram = groupOf('Customers of this Tenantry', [
  addCommand,
  listCommand,
  showCommand,
  periodsCommand,
  redeployCommand,
  driftCommand,
  deactivateCommand,
  reactivateCommand,
]);
