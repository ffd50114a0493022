/**
 * What Cloudflare's edge does before the Worker, as the module that workerd starts with around the Worker's own: it says
 * from which address a request came, and nobody else can, whichever of workerd's sockets the request came by (Miniflare
 * keeps one of its own, on which a header chooses the Worker). The platform listens on loopback only, so that address
 * is this machine's. A request whose target is no path (`GET *`) is answered here, because no URL can be made of it.
 *
 * Lacks: CONNECT. workerd answers it with 500 before any module is asked; with a connect() handler it would answer 200.
 */
import { basename, dirname, join } from 'node:path';

const EDGE_MODULE = 'tenantry-edge.mjs';

const edgeSource = (entry: string): string => `
import worker from './${entry}';
export * from './${entry}';
const CLIENT_ADDRESS = '127.0.0.1';
const PATH = /^https?:\\/\\/[^/]*\\//;
export default {
  ...worker,
  fetch(request, env, ctx) {
    if (!PATH.test(request.url) || !URL.canParse(request.url)) {
      return new Response('400 Bad Request: the target of a request is a path\\n', { status: 400 });
    }
    const headers = new Headers(request.headers);
    headers.set('cf-connecting-ip', CLIENT_ADDRESS);
    return worker.fetch(new Request(request, { headers, cf: {} }), env, ctx);
  },
};
`;

/** The modules that workerd starts with: ours, then the Worker's bundled entry, e.g. `/data/build/index.js`. */
export const modulesBehindEdge = (scriptPath: string) => [
  {
    type: 'ESModule' as const,
    path: join(dirname(scriptPath), EDGE_MODULE),
    contents: edgeSource(basename(scriptPath)),
  },
  { type: 'ESModule' as const, path: scriptPath },
];
