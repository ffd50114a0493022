/**
 * Our calls to the Kubernetes API and their failures as values. Owns naming what went wrong; how a request is sent and tried
 * again is kube-transport.ts, what is asked is in namespace.ts, secrets.ts and not-ready.ts.
 *
 * Failures are judged by HTTP status and the `reason` and causes of the Kubernetes Status in the answer. An answer without a
 * Status is not the API server's word, whatever its number: a 404 of a load balancer is no missing namespace.
 */
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  createConfiguration,
  RbacAuthorizationV1Api,
  ServerConfiguration,
  wrapHttpLibrary,
} from '@kubernetes/client-node';
import { z } from 'zod';
import { messageOf } from '../src/lib/message.ts';
import { err, ok, type Result } from '../src/lib/result.ts';
import { monotonic } from './clock.ts';
import { credentialsOf } from './credential.ts';
import { failed } from './failure.ts';
import { NoCredentials, transportOf } from './kube-transport.ts';
import { readAccess } from './kubeconfig.ts';
import { PlainObjects } from './plain-objects.ts';
import type { Proxies } from './proxy.ts';

export type Kube = {
  core: CoreV1Api;
  apps: AppsV1Api;
  rbac: RbacAuthorizationV1Api;
  /** Objects of any kind. A fresh client each time: it keeps for ever what kinds the cluster knew when it first asked. */
  objects: () => PlainObjects;
  /** Ends its connections. */
  close(): Promise<void>;
};

/**
 * What a call can come back with instead of its answer. `failing`: the cluster says, or what stands before it, that it cannot
 * answer now (429, 5xx, a webhook that does not answer). `unreachable`: no answer came.
 */
export type KubeError = {
  kind:
    | 'not_found'
    | 'conflict'
    | 'unauthorised'
    | 'forbidden'
    | 'terminating'
    | 'quota'
    | 'invalid'
    | 'failing'
    | 'unreachable';
  message: string;
};

/**
 * The API of the cluster of `kubeconfig` (a path, or several as kubectl has it), or of the pod's own service account without
 * one, through `proxies` where the kubeconfig names none. `env` is what credential plugins inherit. The error is one line for
 * people; what is wrong later fails the call.
 */
export function connect(
  kubeconfig: string | undefined,
  env: Record<string, string>,
  proxies: Proxies = {},
): Result<Kube, string> {
  const read = () => readAccess(kubeconfig);
  const found = read();
  if (!found.ok) return found;
  const transport = transportOf({
    read,
    proxies,
    credentials: credentialsOf(env),
    now: monotonic,
    fraction: Math.random,
  });
  const configuration = createConfiguration({
    // Only the path of a request's URL counts: the transport asks the server that the kubeconfig names at that moment.
    baseServer: new ServerConfiguration('https://kubernetes', {}),
    httpApi: wrapHttpLibrary({ send: (request) => transport.send(request) }),
  });
  return ok({
    core: new CoreV1Api(configuration),
    apps: new AppsV1Api(configuration),
    rbac: new RbacAuthorizationV1Api(configuration),
    objects: () => new PlainObjects(configuration),
    close: transport.close,
  });
}

/** Runs one call; anything it throws becomes a KubeError. */
export async function call<T>(request: Promise<T>): Promise<Result<T, KubeError>> {
  try {
    return ok(await request);
  } catch (error) {
    return err(toKubeError(error));
  }
}

/** A Kubernetes Status: the form of every answer of an API server that is no success. */
const statusBody = z.object({
  kind: z.literal('Status'),
  message: z.string().default(''),
  details: z.object({ causes: z.array(z.object({ reason: z.string().nullish() })).nullish() }).nullish(),
});
type Status = z.infer<typeof statusBody>;

function toKubeError(error: unknown): KubeError {
  if (error instanceof NoCredentials) return { kind: 'unauthorised', message: error.message };
  if (!(error instanceof ApiException)) return { kind: 'unreachable', message: messageOf(error) };
  const status = statusOf(error.body);
  if (status === null) {
    return { kind: 'failing', message: `${error.code} from something before the Kubernetes API, which was not asked` };
  }
  const kind = kindOf(error.code, status);
  const words = status.message || `the Kubernetes API answered ${error.code}`;
  const message = kind === 'unauthorised' ? `the Kubernetes API does not accept our credentials: ${words}` : words;
  return { kind, message };
}

function kindOf(code: number, status: Status): KubeError['kind'] {
  switch (code) {
    case 401:
      return 'unauthorised';
    case 403:
      return kindOfForbidden(status);
    case 404:
      return 'not_found';
    case 409:
      return 'conflict';
    case 400:
    case 405:
    case 406:
    case 413:
    case 415:
    case 422:
      return 'invalid';
    default:
      return 'failing';
  }
}

/** Rights, quotas and namespaces that end are all 403 Forbidden; a quota is told apart by nothing but the message. */
function kindOfForbidden(status: Status): KubeError['kind'] {
  if (status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating')) return 'terminating';
  return status.message.includes('exceeded quota') ? 'quota' : 'forbidden';
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
    case 'terminating':
      return failed('namespace_terminating', message);
    case 'failing':
      return failed('cluster_failing', message);
    case 'unreachable':
      return failed('cluster_unreachable', message);
    case 'not_found':
    case 'conflict':
    case 'invalid':
      return failed('internal', message);
  }
}

/** The client hands a body over as text or parsed. */
function statusOf(body: unknown): Status | null {
  try {
    const parsed = statusBody.safeParse(typeof body === 'string' ? JSON.parse(body) : body);
    return parsed.success ? parsed.data : null;
  } catch {
    // not JSON: not the API server's
    return null;
  }
}
