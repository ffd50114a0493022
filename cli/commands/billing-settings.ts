/** `billing-settings`: how a customer is billed. */
import { groupOf } from '../command.ts';
import { billingSettingsSetCommand } from './billing-settings/set.ts';
import { billingSettingsShowCommand } from './billing-settings/show.ts';

export const billingSettingsProgram = groupOf('How customers are billed: collection, tax, address, purchase order', [
  billingSettingsShowCommand,
  billingSettingsSetCommand,
]);
