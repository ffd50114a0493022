/**
 * The Worker in workerd, by Miniflare: the bundle and the options of wrangler.toml, D1 and Durable Objects on disk, the
 * queue bindings in front of the durable queue. Miniflare starts workerd again when it dies. Owns how the Worker is
 * reached from here: its databases, its queue() and scheduled() handlers.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4MiniflareOptions } from 'miniflare';
import { LOOPBACK } from '../data/http.ts';
import { PlatformError } from '../problem.ts';
import { writeWorkerdWrapper } from '../processes/lifetime.ts';
import { PLUGIN_NAME } from '../queue/binding-plugin.ts';
import type { HandlerResult } from '../queue/decision.ts';
import type { Handler } from '../queue/delivery.ts';
import type { WorkerDescription } from './description.ts';
import { EDGE_WORKER, edgeScript } from './edge.ts';

export type RuntimeOptions = {
  description: WorkerDescription;
  /** The bundled entry. */
  scriptPath: string;
  /** Variables and secrets beyond wrangler.toml's. */
  bindings: Record<string, string>;
  port: number;
  dataDir: string;
  queueSocket: string;
  log: (line: string) => void;
};

export type WorkerRuntime = Awaited<ReturnType<typeof startWorker>>;

const PLUGIN_PATH = fileURLToPath(new URL('../queue/binding-plugin.ts', import.meta.url));
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function miniflareOptions(options: RuntimeOptions): V4MiniflareOptions {
  const { description, scriptPath, bindings, port, dataDir, queueSocket, log } = options;
  const { queueProducers: _ours, queueConsumers: _oursToo, ...worker } = description.options;
  const modulesRoot = dirname(scriptPath);
  const queueBindings = (description.queues.producers ?? []).map(({ binding, queue }) => ({
    name: binding,
    type: 'queue',
    plugin: { package: PLUGIN_PATH, name: PLUGIN_NAME },
    options: { queue, socket: queueSocket },
  }));
  return {
    host: LOOPBACK,
    port: 0,
    cf: false,
    log: new Log(LogLevel.WARN),
    logRequests: false,
    resourcePersistencePath: join(dataDir, 'worker'),
    handleStructuredLogs: ({ level, message }) => log(level === 'log' ? message : `${level}: ${message}`),
    workers: [
      {
        name: EDGE_WORKER,
        modules: true,
        script: edgeScript,
        compatibilityDate: String(worker['compatibilityDate']),
        serviceBindings: { WORKER: description.name },
        unsafeDirectSockets: [{ host: LOOPBACK, port }],
      },
      {
        ...worker,
        name: description.name,
        rootPath: modulesRoot,
        modules: true,
        modulesRoot,
        scriptPath,
        bindings: { ...(worker['bindings'] as Record<string, string>), ...bindings },
        unsafeBindings: queueBindings,
      },
    ],
  };
}

/**
 * Miniflare's constructor hangs an immediate exit on every signal, and puts its scratch files where kill -9 would leave
 * them: the platform ends in its own order, and its folder keeps its litter.
 */
function construct(options: V4MiniflareOptions, scratch: string): Miniflare {
  const before = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)]));
  const tmpdir = process.env['TMPDIR'];
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  process.env['TMPDIR'] = scratch;
  try {
    return new Miniflare(convertV4MiniflareOptions(options));
  } finally {
    if (tmpdir === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = tmpdir;
    for (const [signal, listeners] of before) {
      for (const listener of process.listeners(signal)) {
        if (!listeners.includes(listener)) process.off(signal, listener);
      }
    }
  }
}

/** Starts the Worker. Throws PlatformError when its port is taken or workerd does not start. */
export async function startWorker(options: RuntimeOptions) {
  const workerd = createRequire(createRequire(import.meta.url).resolve('miniflare'))('workerd') as { default: string };
  const wrapper = join(options.dataDir, 'workerd.sh');
  writeWorkerdWrapper(wrapper, workerd.default);
  process.env['MINIFLARE_WORKERD_PATH'] = wrapper;
  const miniflare = construct(miniflareOptions(options), join(options.dataDir, 'tmp'));
  const name = options.description.name;
  try {
    await miniflare.ready;
  } catch (error) {
    await miniflare.dispose();
    throw new PlatformError(`the Worker did not start: ${error instanceof Error ? error.message : String(error)}`);
  }
  const url = await miniflare.unsafeGetDirectURL(EDGE_WORKER);

  const deliver: Handler = async (queue, messages) => {
    const worker = await miniflare.getWorker(name);
    return (await worker.queue(queue, messages as never)) as unknown as HandlerResult;
  };
  return {
    url: url.origin,
    deliver,
    database: (binding: string) => miniflare.getD1Database(binding, name),
    /** Runs the scheduled() handler; rejects when it fails. */
    async tick(cron: string, scheduledTime: Date): Promise<void> {
      const worker = await miniflare.getWorker(name);
      const { outcome } = await worker.scheduled({ cron, scheduledTime });
      if (outcome !== 'ok') throw new Error(`scheduled() ended with ${outcome}`);
    },
    stop: () => miniflare.dispose(),
  };
}
