/**
 * What Cloudflare's edge does before the Worker, as the module that workerd starts with around the Worker's own: it says
 * from which address a request came, and nobody else can, whichever of workerd's sockets the request came by (Miniflare
 * keeps one of its own, on which a header chooses the Worker). The platform listens on loopback only, so that address
 * is this machine's. A request whose target is no path (`GET *`) is answered here, because no URL can be made of it, and
 * one for a page by the pages' files (pages-script.ts), as Cloudflare does before it asks a Worker.
 * And it gives the Worker the clock that can be moved, which is asked without leaving the isolate: the platform tells the
 * isolate every change, and a new isolate asks once.
 *
 * Lacks: CONNECT. workerd answers it with 500 before any module is asked; with a connect() handler it would answer 200.
 */
import { basename, dirname, join } from 'node:path';
import type { Pages } from './description.ts';
import { pagesScript } from './pages-script.ts';

const EDGE_MODULE = 'tenantry-edge.mjs';
const PAGES_MODULE = 'tenantry-pages.mjs';

/** The entrypoint that is told changes of the clock, and the binding by which a new isolate asks for it. */
export const CLOCK_ENTRYPOINT = 'EmbeddedClock';
export const CLOCK_SOURCE = 'EMBEDDED_CLOCK';

const edgeSource = (entry: string): string => `
import { WorkerEntrypoint } from 'cloudflare:workers';
import worker from './${entry}';
import { isPage, servePage } from './${PAGES_MODULE}';
export * from './${entry}';
const CLIENT_ADDRESS = '127.0.0.1';
const PATH = /^https?:\\/\\/[^/]*\\//;

let told = null;
const learn = (news) => {
  if (told === null || news.version > told.version) told = news;
};
const CLOCK = { now: () => told.held_at_ms ?? Date.now() + told.offset_ms };
export class ${CLOCK_ENTRYPOINT} extends WorkerEntrypoint {
  tell(news) {
    learn(news);
  }
}
let known = null;
async function withClock(env) {
  if (told === null) learn(await (await env.${CLOCK_SOURCE}.fetch('http://clock/')).json());
  if (known?.given !== env) known = { given: env, env: { ...env, CLOCK } };
  return known.env;
}

export default {
  ...worker,
  async fetch(request, env, ctx) {
    if (!PATH.test(request.url) || !URL.canParse(request.url)) {
      return new Response('400 Bad Request: the target of a request is a path\\n', { status: 400 });
    }
    if (isPage(request)) return servePage(request, env);
    const headers = new Headers(request.headers);
    headers.set('cf-connecting-ip', CLIENT_ADDRESS);
    return worker.fetch(new Request(request, { headers, cf: {} }), await withClock(env), ctx);
  },
  queue: async (batch, env, ctx) => worker.queue(batch, await withClock(env), ctx),
  scheduled: async (controller, env, ctx) => worker.scheduled(controller, await withClock(env), ctx),
};
`;

/**
 * The modules that workerd starts with: ours, then the Worker's bundled entry, e.g. `/data/build/index.js`.
 * @param pages null for a Worker without pages
 */
export const modulesBehindEdge = (scriptPath: string, pages: Pages | null) => {
  const folder = dirname(scriptPath);
  const ours = (name: string, contents: string) => ({
    type: 'ESModule' as const,
    path: join(folder, name),
    contents,
  });
  return [
    ours(EDGE_MODULE, edgeSource(basename(scriptPath))),
    ours(PAGES_MODULE, pagesScript(pages?.workerFirst ?? ['/*'])),
    { type: 'ESModule' as const, path: scriptPath },
  ];
};
