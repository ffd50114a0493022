/**
 * How a batch of the queue reaches the Worker's queue() handler, a change of the clock its isolate, and a question of ours its databases:
 * through a Worker of a few lines beside it, with a socket of its own that only the platform can use. A batch travels as a line of JSON and then the bodies, one after another
 * and byte for byte as the queue keeps them: Miniflare's own way, and JSON too, would read every character of them.
 */
import { Agent, request } from 'undici';
import type { Told } from '../clock/clock.ts';
import type { HandlerResult } from '../queue/decision.ts';
import type { StoredMessage } from '../queue/message.ts';

export const DELIVERY_DOOR = 'delivery-door';

// A v8 body stays serialised, workerd itself reads it.
export const doorScript = `
const NEW_LINE = 10;
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const forHandler = {
  json: (bytes) => ({ body: JSON.parse(utf8.decode(bytes)) }),
  text: (bytes) => ({ body: utf8.decode(bytes) }),
  bytes: (bytes) => ({ body: bytes.slice().buffer }),
  v8: (bytes) => ({ serializedBody: bytes }),
};
const bytesOf = (text) => new TextEncoder().encode(text);
const same = (given, wanted) =>
  given.byteLength === wanted.byteLength && crypto.subtle.timingSafeEqual(given, wanted);
export default {
  async fetch(request, env) {
    if (!same(bytesOf(request.headers.get('authorization') ?? ''), bytesOf(env.SECRET))) {
      return new Response(null, { status: 403 });
    }
    if (request.method === 'PUT') {
      await env.CLOCK.tell(await request.json());
      return new Response();
    }
    if (request.method === 'PATCH') {
      const { binding, sql, params } = await request.json();
      return Response.json(await env[binding].prepare(sql).bind(...params).first());
    }
    const batch = new Uint8Array(await request.arrayBuffer());
    const lineEnd = batch.indexOf(NEW_LINE);
    const { queue, messages } = JSON.parse(utf8.decode(batch.subarray(0, lineEnd)));
    let start = lineEnd + 1;
    const handed = messages.map(({ id, sentAtMs, attempts, contentType, byteLength }) => {
      const body = batch.subarray(start, start + byteLength);
      start += byteLength;
      return { id, timestamp: new Date(sentAtMs), attempts, ...forHandler[contentType](body) };
    });
    return Response.json(await env.WORKER.queue(queue, handed));
  },
};
`;

/** workerd drops a connection that was idle for five seconds; a batch must not meet one that is being dropped. */
const IDLE_MS_MAX = 1000;
/** How long a handler may take is the delivery's business, so nothing here runs out before. */
const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: IDLE_MS_MAX });

function written(queue: string, messages: StoredMessage[]): Buffer {
  const heads = messages.map(({ body, ...head }) => ({ ...head, byteLength: body.byteLength }));
  const line = `${JSON.stringify({ queue, messages: heads })}\n`;
  return Buffer.concat([Buffer.from(line), ...messages.map(({ body }) => body)]);
}

/** What the door answers. Rejects when it cannot be reached, or breaks before it has answered. */
async function ask(
  url: URL,
  secret: string,
  { method, body: said }: { method: 'POST' | 'PUT' | 'PATCH'; body: Buffer | string },
): Promise<string> {
  const { statusCode, body } = await request(url, {
    method,
    dispatcher: agent,
    headers: { authorization: secret },
    body: said,
  });
  const answer = await body.text();
  if (statusCode !== 200) throw new Error(`the delivery door answered ${statusCode} ${answer}`);
  return answer;
}

/** Calls the queue() handler behind the door at `url`; a handler that threw is an outcome. Rejects as `ask` does. */
export async function deliverThrough(
  url: URL,
  secret: string,
  queue: string,
  messages: StoredMessage[],
): Promise<HandlerResult> {
  return JSON.parse(await ask(url, secret, { method: 'POST', body: written(queue, messages) })) as HandlerResult;
}

/** Tells the Worker's isolate what time it is. Rejects as `ask` does. */
export async function tellThrough(url: URL, secret: string, told: Told): Promise<void> {
  await ask(url, secret, { method: 'PUT', body: JSON.stringify(told) });
}

/** A question to one of the Worker's databases. */
export interface Question {
  binding: string;
  sql: string;
  params: readonly (string | number)[];
}

/** The first row of the answer, or null; several times as fast as Miniflare's own way. Rejects as `ask` does. */
export async function firstThrough(url: URL, secret: string, question: Question): Promise<unknown> {
  return JSON.parse(await ask(url, secret, { method: 'PATCH', body: JSON.stringify(question) }));
}
