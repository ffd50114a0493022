/**
 * The Worker, running: how it is reached from here (its databases, its queue() and scheduled() handlers), and that it
 * comes back. Miniflare starts a workerd again that died; when it cannot (workerd died again while it was starting), a
 * new Miniflare takes its place on the same port.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Miniflare } from 'miniflare';
import type { Told } from '../clock/clock.ts';
import { PlatformError, reasonOf } from '../problem.ts';
import type { Handler } from '../queue/delivery.ts';
import { DELIVERY_DOOR, deliverThrough, firstThrough, type Question, tellThrough } from './delivery-door.ts';
import { createMiniflare, type MiniflareSettings } from './miniflare.ts';

export type RuntimeOptions = Omit<MiniflareSettings, 'onLost' | 'doorSecret'>;
export type WorkerRuntime = Awaited<ReturnType<typeof startWorker>>;

const PAUSE_MS = 500;
const TELL_TRIES = 60;
const SECRET_BYTES = 32;

/** Starts the Worker. Throws PlatformError when its port is taken or workerd does not start. */
export async function startWorker(options: RuntimeOptions) {
  const { description, log } = options;
  const doorSecret = randomBytes(SECRET_BYTES).toString('hex');
  let stopped = false;
  /** The Miniflare that serves; null while one is starting, whose failure open() itself hears. */
  let live: Miniflare | null = null;

  const open = async (): Promise<Miniflare> => {
    const miniflare = createMiniflare({ ...options, doorSecret, onLost: () => replace(miniflare) });
    try {
      await miniflare.ready;
    } catch (error) {
      await miniflare.dispose();
      throw new PlatformError(`the Worker did not start: ${reasonOf(error)}`);
    }
    live = miniflare;
    return miniflare;
  };

  const openAgain = async (lost: Miniflare): Promise<Miniflare> => {
    await lost.dispose().catch((error: unknown) => log(`ending what was left of workerd: ${reasonOf(error)}`));
    for (;;) {
      try {
        return await open();
      } catch (error) {
        if (stopped) throw error;
        log(reasonOf(error));
        await sleep(PAUSE_MS);
      }
    }
  };

  const replace = (broken: Miniflare): void => {
    if (stopped || live !== broken) return;
    live = null;
    log('workerd did not come back by itself, it is started anew');
    current = openAgain(broken);
    current.catch(() => {}); // whoever uses it next hears why
  };

  let current: Promise<Miniflare> = open();
  const url = await (await current).unsafeGetDirectURL(description.name);

  /** The door's port may be another one since workerd was started again, so it is asked for each time. */
  const deliver: Handler = async (queue, messages) =>
    deliverThrough(await (await current).unsafeGetDirectURL(DELIVERY_DOOR), doorSecret, queue, messages);

  /** A workerd that has died since comes back with an isolate that asks by itself; telling it once more does no harm. */
  const tell = async (told: Told): Promise<void> => {
    for (let attempt = 1; !stopped; attempt++) {
      try {
        return await tellThrough(await (await current).unsafeGetDirectURL(DELIVERY_DOOR), doorSecret, told);
      } catch (error) {
        if (attempt === TELL_TRIES) throw error;
        await sleep(PAUSE_MS);
      }
    }
  };

  return {
    url: url.origin,
    deliver,
    /** Tells the Worker a change of the clock; resolves when every later request sees it. */
    tell,
    /** Asks one of its databases; the first row, or null. Rejects where workerd does not answer. */
    first: async (question: Question): Promise<unknown> =>
      firstThrough(await (await current).unsafeGetDirectURL(DELIVERY_DOOR), doorSecret, question),
    database: async (binding: string) => (await current).getD1Database(binding, description.name),
    /** Runs the scheduled() handler; rejects when it fails. */
    async tick(cron: string, scheduledTime: Date): Promise<void> {
      const worker = await (await current).getWorker(description.name);
      const { outcome } = await worker.scheduled({ cron, scheduledTime });
      if (outcome !== 'ok') throw new Error(`scheduled() ended with ${outcome}`);
    },
    async stop(): Promise<void> {
      stopped = true;
      await (await current).dispose();
    },
  };
}
