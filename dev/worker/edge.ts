/**
 * What Cloudflare's edge does before the Worker, as a Worker of a few lines in front of it: it says from which address
 * a request came, and nobody else can. The platform listens on loopback only, so that address is this machine's.
 */
export const EDGE_WORKER = 'edge';

export const edgeScript = `
const CLIENT_ADDRESS = '127.0.0.1';
export default {
  fetch(request, env) {
    const headers = new Headers(request.headers);
    headers.set('cf-connecting-ip', CLIENT_ADDRESS);
    return env.WORKER.fetch(new Request(request, { headers, cf: {}, redirect: 'manual' }));
  },
};
`;
