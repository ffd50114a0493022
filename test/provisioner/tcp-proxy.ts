/** A TCP proxy before a cluster's API server, to take the cluster away and give it back. */
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

type Kubeconfig = { clusters: { cluster: { server: string; 'tls-server-name'?: string } }[] };

/** Writes a kubeconfig beside the proxy that goes through it. */
export async function startProxy(kubeconfig: string, folder: string) {
  const config = parse(await readFile(kubeconfig, 'utf8')) as Kubeconfig;
  const [entry] = config.clusters;
  if (!entry) throw new Error('the kubeconfig has no cluster');
  const target = new URL(entry.cluster.server);
  const sockets = new Set<Socket>();
  let open = true;
  let connections = 0;
  const server = createServer((client) => {
    connections += 1;
    if (!open) return void client.destroy();
    const upstream = connect(Number(target.port || 443), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => {});
    }
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  entry.cluster.server = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const path = join(folder, 'proxied-kubeconfig');
  await writeFile(path, stringify(config), { mode: 0o600 });
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    kubeconfig: path,
    /** How many were made to it. */
    connections: () => connections,
    down(): void {
      open = false;
      drop();
    },
    up(): void {
      open = true;
    },
    async stop(): Promise<void> {
      drop();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
