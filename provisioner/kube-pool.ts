/**
 * Kept-alive connections to the Kubernetes API, one pool for each (certificates, proxy): rotated certificates begin a new
 * pool, and the old one closes when its last answer is in.
 */
import { createHash } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { dispatcherThrough } from './dispatcher.ts';
import type { Tls } from './kubeconfig.ts';

const connectMs = 5_000;
/** Load balancers drop an idle connection after 60 s, Go's servers later. */
const idleMs = 50_000;

export type Pool = {
  of(tls: Tls, proxyUrl: string | undefined): Dispatcher;
  close(): Promise<void>;
};

export function poolOf(): Pool {
  let held: { key: string; agent: Dispatcher } | null = null;
  return {
    of(tls, proxyUrl) {
      const key = keyOf(tls, proxyUrl);
      if (held?.key === key) return held.agent;
      // Closing only waits for what is under way; nobody waits for the closing.
      void held?.agent.close().catch(() => {});
      held = { key, agent: dispatcherThrough(proxyUrl, { connect: { ...tls, timeout: connectMs }, idleMs }) };
      return held.agent;
    },
    async close() {
      await held?.agent.destroy();
      held = null;
    },
  };
}

/** A digest, so that no private key is kept a second time. */
function keyOf(tls: Tls, proxyUrl: string | undefined): string {
  const parts = [tls.ca, tls.cert, tls.key].map((part) => part?.toString('base64') ?? '');
  const text = JSON.stringify([...parts, tls.servername ?? '', tls.rejectUnauthorized ?? true, proxyUrl ?? '']);
  return createHash('sha256').update(text).digest('base64');
}
