/** Says in the log when events wait for long: then something here is wrong, and money is not where it should be. */
import { secondMs } from '../../lib/time.ts';
import { lateMs } from '../../webhooks/event.ts';
import { readBacklog } from '../../webhooks/event-store.ts';
import type { Context } from '../deed.ts';

export async function watchBacklog({ db, now, log }: Context): Promise<void> {
  const { waiting, oldestAt, dead } = await readBacklog(db);
  if (oldestAt === null || now - oldestAt <= lateMs) return;
  log('error', 'events of Stripe wait for long', {
    waiting,
    dead,
    oldest_seconds: Math.floor((now - oldestAt) / secondMs),
  });
}
