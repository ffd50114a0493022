/** What the journey's chapters are told with: a step is done, waited for until every side is as told, and said. */
import { setTimeout as sleep } from 'node:timers/promises';
import { iso } from '../../../src/lib/time.ts';
import { mailsTo, type Sight, watch } from './customer.ts';
import type { LifePlatform } from './platform.ts';
import { differenceOf, headLine, NotAsTold, sightLines, type Told } from './tell.ts';

/** What a step takes is the machine's business, and some of it is done by cron's next minutes. */
const waitMsMax = 60_000;
const tickMs = 5_000;
const lookMs = 150;

export type Story = ReturnType<typeof storyOf>;

/** @param say a line for people */
export function storyOf(
  platform: LifePlatform,
  { customerId, email }: { customerId: string; email: string },
  say: (line: string) => void,
) {
  const look = watch(platform, customerId);
  let mailsSeen = 0;
  let stack: Sight['stack'] | null = null;

  const see = async (): Promise<Told> => ({ ...(await look()), mails: mailsTo(platform, email).slice(mailsSeen) });

  /** Looks until it is as told; the clock goes on by a minute now and then, as cron would. */
  async function seeAsTold(told: Told, hold: boolean): Promise<{ seen: Told; difference: string | null }> {
    const end = Date.now() + waitMsMax;
    for (let tickAt = Date.now() + tickMs; ; await sleep(lookMs)) {
      const seen = await see();
      const difference = differenceOf(told, seen);
      if (difference === null || Date.now() > end) return { seen, difference };
      if (Date.now() < tickAt) continue;
      await platform.clock({ advance: '1m', hold });
      tickAt = Date.now() + tickMs;
    }
  }

  return {
    /** Says what has happened, waits until it is as told, and says what is seen. Throws NotAsTold. */
    async step(what: string, told: Told): Promise<void> {
      // Only the stack needs time that runs: the provisioner does not work while the clock stands.
      const hold = told.stack === stack;
      const now = await platform.clock({ ...(hold ? {} : { advance: '2m' }), hold });
      stack = told.stack;
      say(headLine(now, what));
      const { seen, difference } = await seeAsTold(told, hold);
      for (const line of sightLines(seen, seen.mails)) say(line);
      if (difference !== null) throw new NotAsTold(`${what}: ${difference}`);
      mailsSeen += seen.mails.length;
    },
    /** Goes to an instant: all that is due on the way happens, cron included. */
    async goTo(at: string | number): Promise<void> {
      await platform.clock({ to: typeof at === 'string' ? at : iso(at), step: 'day', hold: true });
      await platform.calm();
    },
  };
}
