/**
 * The billing API as the exporter needs it: health, cursor, batch. A report has one natural key and a revision, so that
 * every request may be repeated. Decides nothing about when to.
 */
import { Agent, type Dispatcher } from 'undici';
import { z } from 'zod';
import { type CursorAnswer, cursorAnswer, type WindowReport } from '../../src/contracts/usage.ts';
import { err, ok, type Result } from '../../src/lib/result.ts';

export interface ApiFailure {
  /** `too_large`: send less at once; `denied`: key or reporter is not (yet) known; the rest passes. */
  kind: 'unreachable' | 'denied' | 'too_large' | 'busy' | 'bad_answer';
  message: string;
  /** The API's own wish, ms. */
  retryAfterMs?: number;
}

/** What the API says of one item. Any code is taken: an API may be newer than its exporters, and must not stop them. */
const itemAnswer = z.object({
  index: z.number().int(),
  status: z.enum(['accepted', 'rejected']),
  code: z.string().optional(),
  retryable: z.boolean().optional(),
});
export type ItemAnswer = z.infer<typeof itemAnswer>;
const batchAnswer = z.object({ results: z.array(itemAnswer) });

export interface BillingApi {
  health(): Promise<Result<null, ApiFailure>>;
  cursor(customerId: string, instanceId: string, namespace: string): Promise<Result<CursorAnswer, ApiFailure>>;
  sendBatch(reports: WindowReport[]): Promise<Result<ItemAnswer[], ApiFailure>>;
  close(): Promise<void>;
}

const timeoutMs = 30_000;
const answerBytesMax = 4 * 1024 * 1024;

/** @param key asked for at each request, because its file may be rotated */
export function billingApi(
  url: string,
  key: () => string,
  dispatcher: Dispatcher = new Agent({ connections: 1, allowH2: false }),
): BillingApi {
  const base = new URL(url.endsWith('/') ? url : `${url}/`);
  const call = async (path: string, body?: string): Promise<Result<unknown, ApiFailure>> => {
    try {
      const url = new URL(path, base);
      const response = await dispatcher.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${key()}`,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await bounded(response.body);
      if (response.statusCode >= 200 && response.statusCode < 300) return parse(text);
      return err(refusal(response.statusCode, response.headers['retry-after'], text));
    } catch (cause) {
      return err({
        kind: 'unreachable',
        message: cause instanceof Error ? cause.message || cause.name : String(cause),
      });
    }
  };
  const typed = async <T>(schema: z.ZodType<T>, path: string, body?: string): Promise<Result<T, ApiFailure>> => {
    const answer = await call(path, body);
    if (!answer.ok) return answer;
    const parsed = schema.safeParse(answer.value);
    return parsed.success ? ok(parsed.data) : err({ kind: 'bad_answer', message: `${path} answered in another form` });
  };
  return {
    health: async () => {
      const answer = await call('health');
      return answer.ok ? ok(null) : answer;
    },
    cursor: (customerId, instanceId, namespace) => {
      const query = new URLSearchParams({ instance_id: instanceId, namespace });
      return typed(cursorAnswer, `api/usage/${encodeURIComponent(customerId)}/cursor?${query}`);
    },
    sendBatch: async (reports) => {
      const answer = await typed(batchAnswer, 'api/usage/batch', JSON.stringify({ reports }));
      return answer.ok ? ok(answer.value.results) : answer;
    },
    close: async () => {
      await dispatcher.close();
    },
  };
}

async function bounded(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > answerBytesMax) throw new Error(`answered more than ${answerBytesMax} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): Result<unknown, ApiFailure> {
  try {
    return ok(JSON.parse(text));
  } catch {
    return err({ kind: 'bad_answer', message: 'answered no JSON' });
  }
}

function refusal(status: number, retryAfter: string | string[] | undefined, text: string): ApiFailure {
  const message = `answered ${status}: ${text.slice(0, 300)}`;
  const seconds = Number(retryAfter);
  const wish = Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * 1000 } : {};
  if (status === 413) return { kind: 'too_large', message };
  if (status === 401 || status === 403 || status === 404) return { kind: 'denied', message, ...wish };
  return { kind: status === 429 || status >= 500 ? 'busy' : 'bad_answer', message, ...wish };
}
