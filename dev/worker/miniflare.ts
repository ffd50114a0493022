/**
 * One run of Miniflare around workerd: its options from wrangler.toml's, with our queue behind the queue bindings, our
 * edge around the Worker and our door beside it. Owns what Miniflare must be kept from doing; keeping it alive is
 * runtime.ts's.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, Response, type V4MiniflareOptions } from 'miniflare';
import type { Told } from '../clock/clock.ts';
import { LOOPBACK } from '../data/http.ts';
import type { PagesState } from '../pages/state.ts';
import { writeWorkerdWrapper } from '../processes/lifetime.ts';
import { PLUGIN_NAME } from '../queue/binding-plugin.ts';
import { DELIVERY_DOOR, doorScript } from './delivery-door.ts';
import type { Pages, WorkerDescription } from './description.ts';
import { CLOCK_ENTRYPOINT, CLOCK_SOURCE, modulesBehindEdge } from './edge.ts';
import { PAGES_FILES, PAGES_STATE } from './pages-script.ts';

export type MiniflareSettings = {
  description: WorkerDescription;
  /** The bundled entry. */
  scriptPath: string;
  /** Variables and secrets beyond wrangler.toml's. */
  bindings: Record<string, string>;
  port: number;
  dataDir: string;
  queueSocket: string;
  /** Who knows it may deliver to the Worker's queue() handler. */
  doorSecret: string;
  /** What the clock shows, for a new isolate. */
  told: () => Told;
  /** How far the building of the pages is, for whoever asks for a page that is not there yet. */
  pagesState: () => PagesState;
  log: (line: string) => void;
  /** workerd ended and Miniflare could not start it again: this Miniflare is of no more use. */
  onLost: () => void;
};

const PLUGIN_PATH = fileURLToPath(new URL('../queue/binding-plugin.ts', import.meta.url));
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const RUNTIME_FAILURE = 'ERR_RUNTIME_FAILURE';

/** Miniflare says that it gave up only in its log. */
class RuntimeLog extends Log {
  readonly #settings: MiniflareSettings;
  constructor(settings: MiniflareSettings) {
    super(LogLevel.WARN);
    this.#settings = settings;
  }
  override log(line: string): void {
    this.#settings.log(line);
  }
  override error(error: Error): void {
    this.#settings.log(error.message);
    if ((error as { code?: string }).code === RUNTIME_FAILURE) this.#settings.onLost();
  }
}

/** workerd reads the folder at each request: a build that comes later is served without a restart. */
const pageServices = ({ directory }: Pages, state: () => PagesState) => ({
  [PAGES_FILES]: { disk: { path: directory, writable: false } },
  [PAGES_STATE]: () => Response.json(state()),
});

function optionsFor(settings: MiniflareSettings): V4MiniflareOptions {
  const { description, scriptPath, bindings, port, dataDir, queueSocket, doorSecret, told, log } = settings;
  const { queueProducers: _ours, queueConsumers: _oursToo, serviceBindings, ...worker } = description.options;
  const modulesRoot = dirname(scriptPath);
  const compatibilityDate = String(worker['compatibilityDate']);
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
    log: new RuntimeLog(settings),
    logRequests: false,
    resourcePersistencePath: join(dataDir, 'worker'),
    // The Worker's own lines are JSON and have their level in them.
    handleStructuredLogs: ({ level, message }) =>
      log(level === 'log' || message.startsWith('{') ? message : `${level}: ${message}`),
    workers: [
      {
        ...worker,
        name: description.name,
        rootPath: modulesRoot,
        modules: modulesBehindEdge(scriptPath, description.pages),
        modulesRoot,
        // Straight to workerd: Miniflare's own entry costs three quarters of the requests that a second could hold.
        unsafeDirectSockets: [{ host: LOOPBACK, port }],
        bindings: { ...(worker['bindings'] as Record<string, string>), ...bindings },
        unsafeBindings: queueBindings,
        serviceBindings: {
          ...(serviceBindings as object),
          [CLOCK_SOURCE]: async () => Response.json(told()),
          ...(description.pages === null ? {} : pageServices(description.pages, settings.pagesState)),
        },
      },
      {
        name: DELIVERY_DOOR,
        modules: true,
        script: doorScript,
        compatibilityDate,
        // Gives the binding its queue(); experimental, as is the way in which Miniflare runs workerd.
        compatibilityFlags: ['service_binding_extra_handlers'],
        bindings: { SECRET: doorSecret },
        d1Databases: (worker['d1Databases'] ?? {}) as Record<string, string>,
        serviceBindings: {
          WORKER: description.name,
          CLOCK: { name: description.name, entrypoint: CLOCK_ENTRYPOINT },
        },
        unsafeDirectSockets: [{ host: LOOPBACK, port: 0 }],
      },
    ],
  };
}

/** From now on Miniflare starts workerd so that it does not outlive us. */
function tieWorkerd(dataDir: string): void {
  const workerd = createRequire(createRequire(import.meta.url).resolve('miniflare'))('workerd') as { default: string };
  const wrapper = join(dataDir, 'workerd.sh');
  writeWorkerdWrapper(wrapper, workerd.default);
  process.env['MINIFLARE_WORKERD_PATH'] = wrapper;
}

/**
 * Miniflare's constructor hangs an immediate exit on every signal, and puts its scratch files where kill -9 would leave
 * them: the platform ends in its own order, and its folder keeps its litter.
 */
export function createMiniflare(settings: MiniflareSettings): Miniflare {
  tieWorkerd(settings.dataDir);
  const before = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)]));
  const tmpdir = process.env['TMPDIR'];
  const scratch = join(settings.dataDir, 'tmp');
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  process.env['TMPDIR'] = scratch;
  try {
    return new Miniflare(convertV4MiniflareOptions(optionsFor(settings)));
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
