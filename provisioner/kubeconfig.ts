/**
 * How to reach the cluster, and as whom, as kubectl and Helm take it from KUBECONFIG; without one, the pod's service account.
 * Owns what the entries of a kubeconfig mean (client-go's order of precedence); tokens are fetched in credential.ts.
 */
import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import { messageOf } from '../src/lib/message.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import { type ClusterEntry, type ExecEntry, readKubeconfig, type UserEntry } from './kubeconfig-file.ts';

/** A program that prints credentials (`users[].user.exec`). */
export type ExecPlugin = {
  apiVersion: string;
  command: string;
  args: string[];
  env: Record<string, string>;
  installHint: string | undefined;
  /** What the plugin is told of the cluster, where the kubeconfig says `provideClusterInfo`. */
  cluster: object | undefined;
};

/** Where the credentials of a request come from. */
export type CredentialSource =
  | { kind: 'none' }
  | { kind: 'token'; token: string }
  /** Read with every request, because such files are rotated. `token` is what holds while the file cannot be read. */
  | { kind: 'token_file'; path: string; token: string | undefined }
  | { kind: 'basic'; username: string; password: string }
  | { kind: 'exec'; plugin: ExecPlugin };

export type Tls = { ca?: Buffer; cert?: Buffer; key?: Buffer; servername?: string; rejectUnauthorized?: false };

/** Everything that a request needs beside its path, at the moment of reading. */
export type Access = {
  /** Without a slash at its end. */
  server: string;
  tls: Tls;
  proxyUrl: string | undefined;
  source: CredentialSource;
  /** Headers that make the request somebody else's (`as`, `as-uid`, `as-groups`, `as-user-extra`). */
  impersonation: Record<string, string | string[]>;
};

type Env = Record<string, string | undefined>;

/** Reads it anew, with the certificates that it names. The error is one line for people. */
export function readAccess(kubeconfig: string | undefined, env: Env = process.env): Result<Access, string> {
  try {
    if (kubeconfig === undefined) return ok(ofServiceAccount(env));
    const { cluster, user: named } = readKubeconfig(kubeconfig);
    // Nobody's credentials go over a connection that anybody can read.
    const user = cluster.server.startsWith('https:') ? named : {};
    return ok({
      server: cluster.server.replace(/\/+$/, ''),
      tls: tlsOf(cluster, user),
      proxyUrl: cluster['proxy-url'] || undefined,
      source: sourceOf(cluster, user),
      impersonation: impersonationOf(user),
    });
  } catch (error) {
    return err(messageOf(error));
  }
}

const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

function ofServiceAccount(env: Env): Access {
  const [host, port] = [env['KUBERNETES_SERVICE_HOST'] ?? '', env['KUBERNETES_SERVICE_PORT'] ?? '443'];
  return {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    tls: { ca: readFileSync(join(accountFolder, 'ca.crt')) },
    proxyUrl: undefined,
    source: { kind: 'token_file', path: join(accountFolder, 'token'), token: undefined },
    impersonation: {},
  };
}

/** Inline data goes before a file, as in client-go. */
const material = (path: string | null | undefined, data: string | null | undefined): Buffer | undefined =>
  data ? Buffer.from(data, 'base64') : path ? readFileSync(path) : undefined;

function tlsOf(cluster: ClusterEntry, user: UserEntry): Tls {
  const ca = material(cluster['certificate-authority'], cluster['certificate-authority-data']);
  const cert = material(user['client-certificate'], user['client-certificate-data']);
  const key = material(user['client-key'], user['client-key-data']);
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(cluster['tls-server-name'] ? { servername: cluster['tls-server-name'] } : {}),
    ...(cluster['insecure-skip-tls-verify'] ? { rejectUnauthorized: false } : {}),
  };
}

function sourceOf(cluster: ClusterEntry, user: UserEntry): CredentialSource {
  if (user.tokenFile) return { kind: 'token_file', path: user.tokenFile, token: user.token || undefined };
  if (user.token) return { kind: 'token', token: user.token };
  if (user.username) return { kind: 'basic', username: user.username, password: user.password ?? '' };
  const hasCertificate = Boolean(user['client-certificate'] || user['client-certificate-data']);
  if (user.exec && !hasCertificate) return { kind: 'exec', plugin: pluginOf(user.exec, cluster) };
  if (user['auth-provider']) {
    throw new Error(`the auth provider ${user['auth-provider'].name} is not supported: use an exec plugin`);
  }
  return { kind: 'none' };
}

function pluginOf(exec: ExecEntry, cluster: ClusterEntry): ExecPlugin {
  if (exec.interactiveMode === 'Always') throw new Error(`${exec.command} wants a person to answer (interactiveMode)`);
  return {
    apiVersion: exec.apiVersion,
    command: exec.command,
    args: exec.args ?? [],
    env: Object.fromEntries((exec.env ?? []).map((each) => [each.name, each.value])),
    installHint: exec.installHint ?? undefined,
    cluster: exec.provideClusterInfo ? clusterInfoOf(cluster) : undefined,
  };
}

/** Extension of a cluster that is meant for exec plugins. */
const pluginExtension = 'client.authentication.k8s.io/exec';

/** The cluster as client.authentication.k8s.io has it. */
function clusterInfoOf(cluster: ClusterEntry): object {
  const ca = material(cluster['certificate-authority'], cluster['certificate-authority-data']);
  return {
    server: cluster.server,
    'tls-server-name': cluster['tls-server-name'] ?? undefined,
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'] ?? undefined,
    'certificate-authority-data': ca?.toString('base64'),
    'proxy-url': cluster['proxy-url'] ?? undefined,
    config: cluster.extensions?.find((each) => each.name === pluginExtension)?.extension ?? null,
  };
}

/** Groups, uid and extras mean nothing without a user, and client-go leaves them out then. */
function impersonationOf(user: UserEntry): Access['impersonation'] {
  if (!user.as) return {};
  const extras = Object.entries(user['as-user-extra'] ?? {}).map(
    ([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key.toLowerCase())}`, values] as const,
  );
  return {
    'Impersonate-User': user.as,
    ...(user['as-uid'] ? { 'Impersonate-Uid': user['as-uid'] } : {}),
    ...(user['as-groups']?.length ? { 'Impersonate-Group': user['as-groups'] } : {}),
    ...Object.fromEntries(extras),
  };
}
