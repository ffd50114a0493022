/** `clusters`: where customers are placed, and the credentials of their provisioners and exporters. */
import { groupOf } from '../command.ts';
import { clustersCreateCommand } from './clusters/create.ts';
import { clustersKeyCommand } from './clusters/key.ts';
import { clustersListCommand } from './clusters/list.ts';
import { clustersTokenCommand } from './clusters/token.ts';

export const clustersProgram = groupOf('Clusters that customers are placed in', [
  clustersListCommand,
  clustersCreateCommand,
  clustersTokenCommand,
  clustersKeyCommand,
]);
