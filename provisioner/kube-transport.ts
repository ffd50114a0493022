/**
 * Requests to the Kubernetes API: kept-alive connections, credentials as they are now, and a few tries of each call. Owns
 * what is tried again and for how long; what an answer means is kube.ts.
 *
 * Every method is tried again, because every call of ours may be: what we create we name ourselves, so that the repetition of
 * a creation that had worked is a 409, which its callers read as "it is there: whose is it?"; patches merge, replacements
 * are whole, and a repeated deletion finds nothing.
 */
import { type RequestContext, ResponseContext, SelfDecodingBody } from '@kubernetes/client-node';
import { type Dispatcher, request } from 'undici';
import { backoffMs } from '../src/lib/backoff.ts';
import { messageOf } from '../src/lib/message.ts';
import type { Result } from '../src/lib/result.ts';
import { type Monotonic, sleep } from './clock.ts';
import type { Credential, Credentials } from './credential.ts';
import { poolOf } from './kube-pool.ts';
import type { Access } from './kubeconfig.ts';
import { type Proxies, proxyFor } from './proxy.ts';

export type TransportDeps = {
  /** Reads the kubeconfig anew. */
  read: () => Result<Access, string>;
  credentials: Credentials;
  /** Where the kubeconfig names no proxy of its own. */
  proxies: Proxies;
  now: Monotonic;
  /** 0 ≤ x < 1 */
  fraction: () => number;
};

export type Transport = {
  /** The answer, whatever its status. Throws what kept the request from being answered. */
  send(request: RequestContext): Promise<ResponseContext>;
  close(): Promise<void>;
};

/** There are no credentials to ask with: the cluster was not asked. */
export class NoCredentials extends Error {}

/** How long one try may take, and all tries of a call with the waits between them. */
const tryMs = 10_000;
const callMs = 12_000;
/** At 30 % errors six tries leave one call in 1,400 unanswered. */
const triesMax = 6;
const pauses = { baseMs: 100, maxMs: 2_000, jitter: 0.5 };
/** The kubeconfig and the certificates in it are read again after this long, and at once where credentials are refused. */
const accessMs = 5_000;

/** Statuses by which an API server, or what stands before it, says that it could not answer now. */
const notNow = (status: number): boolean => status >= 500 || status === 408 || status === 429;

type Answer = { status: number; headers: Record<string, string>; body: Buffer };
type Tried = { answer: Answer } | { answer: null; error: unknown };

export function transportOf(deps: TransportDeps): Transport {
  const pool = poolOf();
  let held: { access: Access; readAt: number } | null = null;
  let unread: string | null = null;

  /** A kubeconfig that cannot be read at this moment, e.g. half written, is read again later: what it said before holds. */
  function access(): Access {
    if (held !== null && deps.now() - held.readAt < accessMs) return held.access;
    const found = deps.read();
    unread = found.ok ? null : found.error;
    if (found.ok) held = { access: found.value, readAt: deps.now() };
    else if (held !== null) held = { ...held, readAt: deps.now() };
    else throw new NoCredentials(found.error);
    return held.access;
  }

  async function credentialFor({ source }: Access): Promise<Credential> {
    try {
      return await deps.credentials.of(source);
    } catch (error) {
      throw new NoCredentials(messageOf(error), { cause: error });
    }
  }

  async function once(context: RequestContext, on: Access, as: Credential, limitMs: number): Promise<Answer> {
    const { pathname, search } = new URL(context.getUrl());
    const answer = await request(`${on.server}${pathname}${search}`, {
      method: context.getHttpMethod() as Dispatcher.HttpMethod,
      dispatcher: pool.of({ ...on.tls, ...as.certificate }, on.proxyUrl ?? proxyFor(on.server, deps.proxies)),
      headers: {
        'user-agent': 'tenantry-provisioner',
        ...context.getHeaders(),
        ...on.impersonation,
        ...(as.authorization === undefined ? {} : { authorization: as.authorization }),
      },
      body: (context.getBody() as string | undefined) ?? null,
      signal: AbortSignal.timeout(limitMs),
    });
    const body = Buffer.from(await answer.body.arrayBuffer());
    const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
    return { status: answer.statusCode, headers: Object.fromEntries(headers), body };
  }

  /** The wait before another try; null when none is due. The server's `Retry-After` is the least that is waited. */
  function waitFor(tries: number, until: number, answer: Answer | null): number | null {
    if (answer !== null && !notNow(answer.status)) return null;
    const askedMs = Number(answer?.headers['retry-after'] ?? 0) * 1000;
    const grownMs = backoffMs(tries, pauses, deps.fraction());
    const waitMs = Math.max(grownMs, Number.isFinite(askedMs) ? askedMs : 0);
    return tries >= triesMax || deps.now() + waitMs >= until ? null : waitMs;
  }

  /** A refused request was not carried out; what the kubeconfig and its plugin say now may be taken. */
  function renew(): void {
    if (held !== null) held.readAt = Number.NEGATIVE_INFINITY;
    deps.credentials.refused();
  }

  function answered({ status, headers, body }: Answer): ResponseContext {
    if (status === 401 && unread !== null) {
      throw new NoCredentials(`the kubeconfig cannot be read again (${unread}), and what it said before is refused`);
    }
    return new ResponseContext(status, headers, new SelfDecodingBody(Promise.resolve(body)));
  }

  async function send(context: RequestContext): Promise<ResponseContext> {
    let until: number | null = null;
    let renewed = false;
    for (let tries = 1; ; tries += 1) {
      const on = access();
      // Credentials have a time limit of their own: the call's begins behind the first ones.
      const as = await credentialFor(on);
      until ??= deps.now() + callMs;
      const limitMs = Math.max(1, Math.round(Math.min(tryMs, until - deps.now())));
      const tried: Tried = await once(context, on, as, limitMs).then(
        (answer) => ({ answer }),
        (error: unknown) => ({ answer: null, error }),
      );
      if (tried.answer?.status === 401 && !renewed) {
        renewed = true;
        renew();
        continue;
      }
      const waitMs = waitFor(tries, until, tried.answer);
      if (waitMs !== null) await sleep(waitMs);
      else if (tried.answer !== null) return answered(tried.answer);
      else throw tried.error;
    }
  }

  return { send, close: pool.close };
}
