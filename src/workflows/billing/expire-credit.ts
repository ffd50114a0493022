/** Cron ends credit whose time is over. What an invoice has reserved in time stays reserved. */
import * as creditStore from '../../credits/store.ts';
import { commit } from '../../db/client.ts';
import type { Context } from '../deed.ts';

/** Of one tick; what is left waits for the next minute, and no invoice takes it meanwhile. */
const grantsPerTick = 500;

export const expireCredit = ({ db, now, actor }: Context): Promise<void> =>
  commit(db, [creditStore.expire({ actor: actor.name, now, limit: grantsPerTick })]);
