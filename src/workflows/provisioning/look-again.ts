/** Cron runs the last job of each failed deployment again, with pauses that grow to a day: why it failed may be gone by then. */
import { commit } from '../../db/client.ts';
import { lookAgain } from '../../deployments/job-orders-store.ts';
import type { Context } from '../deed.ts';

/** Jobs that one tick sends again; what is left waits for the next minute. */
const looksPerTick = 200;

/** Makes the jobs wait again; their doorbells are rung by `ringAgain`. */
export const lookAtFailed = ({ db, now }: Context): Promise<void> => commit(db, [lookAgain(now, looksPerTick)]);
