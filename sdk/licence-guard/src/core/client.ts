/** Asks the API: three reads, each with a time-out. Owns the calls only; what an answer means is its reader's. */
import { isJwkSet, type JwkSet } from '../keys.ts';
import { isFields } from './claims.ts';

/** What became of a call: an answer, "as before", or why there is none. */
export type Answer<T> =
  | { kind: 'answered'; value: T; etag: string | null }
  | { kind: 'unchanged' }
  | { kind: 'failed'; problem: string; retryAfterMs: number };

export interface Client {
  /** @param jti the licence that is held */
  licence(jti: string | null): Promise<Answer<string>>;
  /** @param etag that of the list that is held */
  revocations(etag: string | null): Promise<Answer<string>>;
  keySet(): Promise<Answer<JwkSet>>;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface ClientOptions {
  /** The API's address, without a slash at its end. */
  api: string;
  customerId: string;
  apiKey: string;
  timeoutMs: number;
  fetch: Fetch;
}

/** A list of 20,000 licences, and more than any licence or key set. */
const answerBytesMax = 2 ** 21;

/** Reads a body up to a length, so that an answer that never ends costs no memory. */
async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let bytes = 0; reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.length;
    if (bytes > answerBytesMax) {
      await reader.cancel();
      throw new Error('the answer is too long');
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
};

/** `retry-after` in its form of seconds, which is the API's. */
function retryAfterMs(headers: Headers): number {
  const seconds = Number(headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const textAt =
  (name: string) =>
  (body: unknown): string | null => {
    const value = isFields(body) ? body[name] : null;
    return typeof value === 'string' ? value : null;
  };

/** The client of one instance. Its calls never throw. */
export function makeClient({ api, customerId, apiKey, timeoutMs, fetch }: ClientOptions): Client {
  async function ask<T>(
    path: string,
    headers: Record<string, string | null>,
    read: (body: unknown) => T | null,
  ): Promise<Answer<T>> {
    const given = Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
    try {
      // A redirect is not followed: it would take the key to another address.
      const response = await fetch(`${api}${path}`, {
        headers: { accept: 'application/json', ...Object.fromEntries(given) },
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const body = parsed(await readText(response));
      if (response.status === 304) return { kind: 'unchanged' };
      const value = response.status === 200 ? read(body) : null;
      if (value !== null) return { kind: 'answered', value, etag: response.headers.get('etag') };
      const code = textAt('code')(body) ?? (response.status === 200 ? 'not what was asked for' : '');
      return {
        kind: 'failed',
        problem: `${path} answered ${response.status} ${code}`.trim(),
        retryAfterMs: retryAfterMs(response.headers),
      };
    } catch (error) {
      return { kind: 'failed', problem: `${path}: ${reasonOf(error)}`, retryAfterMs: 0 };
    }
  }
  const authorization = `Bearer ${apiKey}`;
  return {
    licence: (jti) =>
      ask(
        `/api/licenses/${encodeURIComponent(customerId)}`,
        { authorization, 'if-none-match': jti === null ? null : `"${jti}"` },
        textAt('license'),
      ),
    revocations: (etag) => ask('/api/licenses/revocations', { 'if-none-match': etag }, textAt('revocations')),
    keySet: () => ask('/.well-known/jwks.json', {}, (body) => (isJwkSet(body) ? body : null)),
  };
}
