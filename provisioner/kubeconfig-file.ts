/**
 * Kubeconfig files as client-go's clientcmd merges them: several, of which the first to name a cluster, user or context gives
 * all of it; missing ones are passed over; paths in a file are relative to it. Owns the form of the files; what an entry means
 * is kubeconfig.ts.
 */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const text = z.string().nullish();
const clusterEntry = z.looseObject({
  server: z.string().regex(/^https?:\/\//, 'must be an http or https URL'),
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': z.boolean().nullish(),
  'tls-server-name': text,
  'proxy-url': text,
  extensions: z.array(z.looseObject({ name: z.string(), extension: z.unknown() })).nullish(),
});
const execEntry = z.looseObject({
  apiVersion: z.string(),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string() })).nullish(),
  installHint: text,
  interactiveMode: text,
  provideClusterInfo: z.boolean().nullish(),
});
const userEntry = z.looseObject({
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  as: text,
  'as-uid': text,
  'as-groups': z.array(z.string()).nullish(),
  'as-user-extra': z.record(z.string(), z.array(z.string())).nullish(),
  exec: execEntry.nullish(),
  'auth-provider': z.looseObject({ name: z.string() }).nullish(),
});
const contextEntry = z.looseObject({ cluster: text, user: text });
const name = z.string();
const file = z.looseObject({
  'current-context': text,
  clusters: z.array(z.looseObject({ name, cluster: clusterEntry })).nullish(),
  users: z.array(z.looseObject({ name, user: userEntry.nullish() })).nullish(),
  contexts: z.array(z.looseObject({ name, context: contextEntry.nullish() })).nullish(),
});

export type ClusterEntry = z.infer<typeof clusterEntry>;
export type UserEntry = z.infer<typeof userEntry>;
export type ExecEntry = z.infer<typeof execEntry>;

/** Keys whose values are paths. An exec plugin's command is one only where it has a slash, else it is looked up in PATH. */
const clusterPaths = ['certificate-authority'] as const;
const userPaths = ['tokenFile', 'client-certificate', 'client-key'] as const;

function absolute<T extends object, K extends keyof T>(entry: T, keys: readonly K[], folder: string): T {
  const found = keys.flatMap((key) => {
    const path = entry[key];
    return typeof path === 'string' && path !== '' ? [[key, resolve(folder, path)]] : [];
  });
  return { ...entry, ...Object.fromEntries(found) };
}

function absoluteUser(entry: UserEntry, folder: string): UserEntry {
  const user = absolute(entry, userPaths, folder);
  return user.exec?.command.includes('/') ? { ...user, exec: absolute(user.exec, ['command'], folder) } : user;
}

/** One file. Throws with one line that names it. */
function read(path: string): z.infer<typeof file> {
  const parsed = file.safeParse(parse(readFileSync(path, 'utf8')) ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${path}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
  }
  const folder = dirname(resolve(path));
  return {
    ...parsed.data,
    clusters: parsed.data.clusters?.map((each) => ({
      ...each,
      cluster: absolute(each.cluster, clusterPaths, folder),
    })),
    users: parsed.data.users?.map((each) => ({ ...each, user: absoluteUser(each.user ?? {}, folder) })),
  };
}

/** Cluster and user of the current context; a context without a user is anonymous. Throws with one line for people. */
export function readKubeconfig(kubeconfig: string): { cluster: ClusterEntry; user: UserEntry } {
  const paths = kubeconfig.split(delimiter).filter((path) => path !== '');
  const there = paths.filter((path) => existsSync(path));
  if (there.length === 0) throw new Error(`ENOENT: there is no file at ${paths.join(' or ')}`);
  const files = there.map(read);
  const current = files.map((each) => each['current-context']).find((each) => each);
  if (!current) throw new Error('the kubeconfig names no current context');
  const context = files.flatMap((each) => each.contexts ?? []).find((each) => each.name === current)?.context;
  if (!context) throw new Error(`the kubeconfig has no context ${current}`);
  const cluster = files.flatMap((each) => each.clusters ?? []).find((each) => each.name === context.cluster)?.cluster;
  if (!cluster) throw new Error(`the kubeconfig has no cluster ${context.cluster ?? `in its context ${current}`}`);
  if (!context.user) return { cluster, user: {} };
  const user = files.flatMap((each) => each.users ?? []).find((each) => each.name === context.user)?.user;
  if (!user) throw new Error(`the kubeconfig has no user ${context.user}`);
  return { cluster, user };
}
