/**
 * Our calls to the Kubernetes API, with a time-out each and their failures as values. Owns reading the kubeconfig and
 * naming what went wrong; what is asked is in namespace.ts, secrets.ts and not-ready.ts. Nothing is retried here: the
 * job is what is run again.
 */
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  createConfiguration,
  KubeConfig,
  ServerConfiguration,
} from '@kubernetes/client-node';
import { err, ok, type Result } from '../src/lib/result.ts';
import { failed } from './failure.ts';
import { messageOf } from './message.ts';
import { PlainObjects } from './plain-objects.ts';

/** How long one call to the Kubernetes API may take. */
const callTimeoutMs = 10_000;

export type Kube = {
  core: CoreV1Api;
  apps: AppsV1Api;
  /** Objects of any kind. A fresh client each time: it keeps for ever what kinds the cluster knew when it first asked. */
  objects: () => PlainObjects;
};

/** What a call can come back with instead of its answer. */
export type KubeError = {
  kind: 'not_found' | 'conflict' | 'unauthorised' | 'forbidden' | 'quota' | 'invalid' | 'unreachable';
  message: string;
};

/**
 * Reads the kubeconfig (a path, or several joined by `:` as kubectl has it), or the pod's own service account without
 * one. The error is one line for people.
 */
export function connect(kubeconfig: string | undefined): Result<Kube, string> {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromCluster();
    else loadFiles(config, kubeconfig.split(':'));
    const cluster = config.getCurrentCluster();
    if (!cluster) return err('the kubeconfig names no current cluster');
    const configuration = createConfiguration({
      baseServer: new ServerConfiguration(cluster.server, {}),
      authMethods: { default: config },
      promiseMiddleware: [
        {
          pre: async (request) => {
            request.setSignal(AbortSignal.timeout(callTimeoutMs));
            return request;
          },
          post: async (answer) => answer,
        },
      ],
    });
    return ok({
      core: new CoreV1Api(configuration),
      apps: new AppsV1Api(configuration),
      objects: () => new PlainObjects(configuration),
    });
  } catch (error) {
    return err(messageOf(error));
  }
}

function loadFiles(config: KubeConfig, paths: string[]): void {
  const [first, ...others] = paths.filter((path) => path !== '');
  if (first === undefined) throw new Error('KUBECONFIG is empty');
  config.loadFromFile(first);
  for (const path of others) {
    const other = new KubeConfig();
    other.loadFromFile(path);
    config.mergeConfig(other, true);
  }
}

/** Runs one call; anything it throws becomes a KubeError. */
export async function call<T>(request: Promise<T>): Promise<Result<T, KubeError>> {
  try {
    return ok(await request);
  } catch (error) {
    return err(toKubeError(error));
  }
}

/** Names a thrown error by its status; what is no HTTP answer at all means that the cluster could not be reached. */
function toKubeError(error: unknown): KubeError {
  if (!(error instanceof ApiException)) return { kind: 'unreachable', message: messageOf(error) };
  const message = statusMessage(error.body) ?? `the Kubernetes API answered ${error.code}`;
  switch (error.code) {
    case 404:
      return { kind: 'not_found', message };
    case 409:
      return { kind: 'conflict', message };
    case 401:
      return { kind: 'unauthorised', message: `the Kubernetes API does not accept our credentials: ${message}` };
    case 403:
      return { kind: message.includes('exceeded quota') ? 'quota' : 'forbidden', message };
    case 400:
    case 422:
      return { kind: 'invalid', message };
    default:
      return { kind: 'unreachable', message };
  }
}

/** A KubeError that a step cannot go on from, as the job's failure. `doing` begins the message. */
export function kubeFailure(doing: string, error: KubeError) {
  const message = `${doing}: ${error.message}`;
  switch (error.kind) {
    case 'unauthorised':
      return failed('kubeconfig_invalid', message);
    case 'forbidden':
      return failed('forbidden', message);
    case 'quota':
      return failed('quota_exceeded', message);
    case 'unreachable':
      return failed('cluster_unreachable', message);
    case 'not_found':
    case 'conflict':
    case 'invalid':
      return failed('internal', message);
  }
}

/** The `message` of a Kubernetes Status body, which the client hands over as text or parsed. */
function statusMessage(body: unknown): string | null {
  try {
    const parsed: unknown = typeof body === 'string' ? JSON.parse(body) : body;
    if (typeof parsed === 'object' && parsed !== null && 'message' in parsed) return String(parsed.message);
  } catch {
    // not JSON: a proxy in between answered
  }
  return null;
}
