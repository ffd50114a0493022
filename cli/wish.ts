/** Options of a key or token that is made: what it is called and when it ends. */
import type { Command } from 'commander';
import { apiKeyBody } from '../src/contracts/customers.ts';
import { by, instantBy } from './command.ts';
import { whenHelp } from './when.ts';
import type { World } from './world.ts';

export interface WishOptions {
  name?: string;
  expires?: string;
}

export const takesWish = (command: Command, world: World): Command =>
  command
    .option('--name <name>', 'what it is for', by(apiKeyBody.shape.name.unwrap()))
    .option('--expires <instant>', `${whenHelp}; never unless given`, instantBy(world, 'ahead'));

/** The wish as a body of the API. */
export const wishOf = ({ name, expires }: WishOptions): { name?: string; expires_at?: string } => ({
  ...(name === undefined ? {} : { name }),
  ...(expires === undefined ? {} : { expires_at: expires }),
});
