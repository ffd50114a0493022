/**
 * An HTTPS proxy before a cluster's API server that writes down what was asked and how it was answered, and answers itself
 * where a test has it do so. Whoever asks brings the credentials; streams pass through.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type RequestOptions, request } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';

/** One request as RBAC sees it. `resource` has a subresource behind a slash; '' where the path names none. */
export type Asked = {
  verb: string;
  group: string;
  resource: string;
  namespace: string;
  status: number;
  userAgent: string;
};

/** A status to answer with instead of asking; `drop` closes the connection. */
export type Fault = { status: number; body?: string; headers?: Record<string, string> } | 'drop';

export type ApiProxy = {
  url: string;
  asked: Asked[];
  /** Connections that were made to it. */
  connections(): number;
  /** Decides for each request; undefined lets it pass. */
  fault: (request: { method: string; path: string; userAgent: string }) => Fault | undefined;
  /** Writes a kubeconfig for it: `user` as in a kubeconfig. */
  kubeconfig(user: object): Promise<string>;
  stop(): Promise<void>;
};

/** Starts one before the cluster of a kubeconfig; kubeconfigs that it writes go into `folder`. */
export async function startApiProxy(kubeconfig: string, folder: string): Promise<ApiProxy> {
  const config = parse(await readFile(kubeconfig, 'utf8'));
  const { cluster } = config.clusters[0];
  const upstream = new URL(cluster.server);
  const ca = cluster['certificate-authority-data']
    ? Buffer.from(cluster['certificate-authority-data'], 'base64')
    : await readFile(resolve(dirname(kubeconfig), cluster['certificate-authority']));
  const sockets = new Set<Socket>();
  let connections = 0;
  let written = 0;

  function answer(incoming: IncomingMessage, response: ServerResponse): void {
    const url = new URL(incoming.url ?? '/', 'http://proxy');
    const { method = 'GET' } = incoming;
    const userAgent = incoming.headers['user-agent'] ?? '';
    const note = (status: number) => proxy.asked.push({ ...rbacOf(method, url), status, userAgent });
    const fault = proxy.fault({ method, path: url.pathname, userAgent });
    if (fault === 'drop') {
      note(0);
      incoming.socket.destroy();
      return;
    }
    if (fault !== undefined) {
      note(fault.status);
      incoming.resume();
      response.writeHead(fault.status, { 'content-type': 'text/plain', ...fault.headers });
      response.end(fault.body ?? 'a fault of the test');
      return;
    }
    const options: RequestOptions = {
      host: upstream.hostname,
      port: upstream.port,
      path: incoming.url,
      method,
      // Distinct: a header that comes several times stays several.
      headers: { ...incoming.headersDistinct, host: upstream.host },
      ca,
    };
    const asking = request(options, (answered) => {
      note(answered.statusCode ?? 0);
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      response.flushHeaders();
      answered.pipe(response);
      answered.on('error', () => response.destroy());
    });
    asking.on('error', () => response.destroy());
    response.on('close', () => asking.destroy());
    incoming.pipe(asking);
  }

  const [certificate, key] = [join(folder, 'proxy.crt'), join(folder, 'proxy.key')];
  const names = ['-subj', '/CN=proxy', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-out', certificate, '-keyout', key];
  await promisify(execFile)('openssl', [...made, ...names]);
  const server = createServer({ cert: await readFile(certificate), key: await readFile(key) }, answer);
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const proxy: ApiProxy = {
    url,
    asked: [],
    connections: () => connections,
    fault: () => undefined,
    async kubeconfig(user) {
      written += 1;
      const path = join(folder, `kubeconfig-${written}`);
      const text = stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'c', cluster: { server: url, 'certificate-authority': 'proxy.crt' } }],
        users: [{ name: 'u', user }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      });
      await writeFile(path, text, { mode: 0o600 });
      return path;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
  return proxy;
}

/** What the API server's authorizer makes of a request. */
function rbacOf(method: string, url: URL): Pick<Asked, 'verb' | 'group' | 'resource' | 'namespace'> {
  const parts = url.pathname.split('/').filter(Boolean);
  const core = parts[0] === 'api';
  const group = core ? '' : (parts[1] ?? '');
  const rest = parts.slice(core ? 2 : 3);
  const inNamespace = rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'finalize' && rest[2] !== 'status';
  const namespace = rest[0] === 'namespaces' ? (rest[1] ?? '') : '';
  const [resource = '', name, subresource] = inNamespace ? rest.slice(2) : rest;
  const isResource = (core || parts[0] === 'apis') && resource !== '';
  const verbs: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
  const reading = url.searchParams.get('watch') === 'true' ? 'watch' : name === undefined ? 'list' : 'get';
  return {
    verb: isResource ? (verbs[method] ?? reading) : '',
    group,
    resource: isResource ? [resource, subresource].filter(Boolean).join('/') : '',
    namespace,
  };
}
