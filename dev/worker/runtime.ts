/**
 * The Worker, running: how it is reached from here (its databases, its queue() and scheduled() handlers), and that it
 * comes back. Miniflare starts a workerd again that died; when it cannot (workerd died again while it was starting), a
 * new Miniflare takes its place on the same port.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Miniflare } from 'miniflare';
import { PlatformError, reasonOf } from '../problem.ts';
import { writeWorkerdWrapper } from '../processes/lifetime.ts';
import type { HandlerResult } from '../queue/decision.ts';
import type { Handler } from '../queue/delivery.ts';
import { EDGE_WORKER } from './edge.ts';
import { createMiniflare, type MiniflareSettings } from './miniflare.ts';

export type RuntimeOptions = Omit<MiniflareSettings, 'onLost'>;
export type WorkerRuntime = Awaited<ReturnType<typeof startWorker>>;

const PAUSE_MS = 500;

/** From now on Miniflare starts workerd so that it does not outlive us. */
function tieWorkerd(dataDir: string): void {
  const workerd = createRequire(createRequire(import.meta.url).resolve('miniflare'))('workerd') as { default: string };
  const wrapper = join(dataDir, 'workerd.sh');
  writeWorkerdWrapper(wrapper, workerd.default);
  process.env['MINIFLARE_WORKERD_PATH'] = wrapper;
}

/** Starts the Worker. Throws PlatformError when its port is taken or workerd does not start. */
export async function startWorker(options: RuntimeOptions) {
  const { description, dataDir, log } = options;
  tieWorkerd(dataDir);
  let stopped = false;
  /** The Miniflare that serves; null while one is starting, whose failure open() itself hears. */
  let live: Miniflare | null = null;

  const open = async (): Promise<Miniflare> => {
    const miniflare = createMiniflare({ ...options, onLost: () => replace(miniflare) });
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
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
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
  const url = await (await current).unsafeGetDirectURL(EDGE_WORKER);
  const worker = async () => (await current).getWorker(description.name);

  const deliver: Handler = async (queue, messages) =>
    (await (await worker()).queue(queue, messages as never)) as unknown as HandlerResult;

  return {
    url: url.origin,
    deliver,
    database: async (binding: string) => (await current).getD1Database(binding, description.name),
    /** Runs the scheduled() handler; rejects when it fails. */
    async tick(cron: string, scheduledTime: Date): Promise<void> {
      const { outcome } = await (await worker()).scheduled({ cron, scheduledTime });
      if (outcome !== 'ok') throw new Error(`scheduled() ended with ${outcome}`);
    },
    async stop(): Promise<void> {
      stopped = true;
      await (await current).dispose();
    },
  };
}
