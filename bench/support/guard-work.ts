/**
 * The work that `npm run figures -- licence-guard` measures, the same in Node and in workerd: verdicts beside the bare check of
 * a signature, requests through the guard's middleware beside bare ones. Owns the work; who measures it owns the time.
 */
import { Hono } from 'hono';
import type { JWK } from 'jose';
import { openGuard } from '../../sdk/licence-guard/src/guard.ts';
import { requireFeature, requireLimit } from '../../sdk/licence-guard/src/hono.ts';
import { readKeys } from '../../sdk/licence-guard/src/keys.ts';
import { memoryStore } from '../../sdk/licence-guard/src/memory-store.ts';
import { verifyLicence } from '../../sdk/licence-guard/src/verify.ts';

export interface Given {
  token: string;
  jwk: JWK;
  issuer: string;
  customerId: string;
  nowMs: number;
}

export type Kind = 'bare signature' | 'verdict' | 'bare request' | 'feature request' | 'limit request';
export type Work = Record<Kind, (times: number) => Promise<void>>;

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));

async function repeat(times: number, once: () => Promise<boolean>): Promise<void> {
  for (let n = 0; n < times; n++) if (!(await once())) throw new Error('the work was not done');
}

/** Readies the work for one licence that counts. */
export async function workOf({ token, jwk, issuer, customerId, nowMs }: Given): Promise<Work> {
  const [head = '', body = '', end = ''] = token.split('.');
  const [signature, text] = [bytesOf(end), new TextEncoder().encode(`${head}.${body}`)];
  const key = await crypto.subtle.importKey('jwk', jwk as JsonWebKey, algorithm, false, ['verify']);
  const jwks = { keys: [jwk] };
  const keys = await readKeys({ jwks });
  const now = () => nowMs;
  const guard = await openGuard({ api: issuer, customerId, keys: { jwks }, licence: token, store: memoryStore(), now });
  const app = new Hono()
    .get('/bare', (c) => c.text('done'))
    .get('/feature', requireFeature(guard, 'canExportData'), (c) => c.text('done'))
    .get(
      '/limit',
      requireLimit(guard, 'maxDevices', () => 1),
      (c) => c.text('done'),
    );
  const request = (path: string) => (times: number) =>
    repeat(times, async () => (await app.request(path)).status === 200);
  return {
    'bare signature': (times) => repeat(times, () => crypto.subtle.verify(algorithm, key, signature, text)),
    verdict: (times) =>
      repeat(times, async () => (await verifyLicence(token, keys, { issuer, customerId, now: nowMs })).valid),
    'bare request': request('/bare'),
    'feature request': request('/feature'),
    'limit request': request('/limit'),
  };
}
