/** What every workflow is given: no clock, no randomness and no environment of its own. */
import type { Actor } from '../audit/store.ts';
import type { Db } from '../db/client.ts';
import type { Random } from '../lib/ids.ts';

export interface Deps {
  db: Db;
  /** ms since the epoch. */
  now: number;
  random: Random;
  actor: Actor;
}
