/**
 * Cloudflare's HTTP API of a queue: push, pull, acknowledge; paths, shapes and errors as the official `cloudflare`
 * client expects them. Owns the wire; the rules are the broker's.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { answerJson, closeServer, LOOPBACK, listen, readBody } from '../data/http.ts';
import type { QueueBroker } from './broker.ts';
import { BATCH_MESSAGES_MAX, bodyForPull, DELAY_S_MAX, type NewMessage, tooLarge } from './message.ts';
import type { QueueSettings } from './settings.ts';

const REQUEST_BYTES_MAX = 1_000_000;
const VISIBILITY_MS_DEFAULT = 30_000;
const VISIBILITY_MS_MAX = 43_200_000;
const PULL_BATCH_DEFAULT = 5;
const PATH = /^\/accounts\/([^/]+)\/queues\/([^/]+)\/messages(\/batch|\/pull|\/ack)?$/;

const delay = z.int().min(0).max(DELAY_S_MAX).optional();
const pushed = z.union([
  z.object({ body: z.string(), content_type: z.literal('text'), delay_seconds: delay }),
  z.object({ body: z.unknown(), content_type: z.literal('json').default('json'), delay_seconds: delay }),
]);
const bodies = {
  push: pushed,
  batch: z.object({ messages: z.array(pushed).min(1).max(BATCH_MESSAGES_MAX), delay_seconds: delay }),
  pull: z.object({
    batch_size: z.int().min(1).max(BATCH_MESSAGES_MAX).default(PULL_BATCH_DEFAULT),
    visibility_timeout_ms: z.int().min(1).max(VISIBILITY_MS_MAX).default(VISIBILITY_MS_DEFAULT),
  }),
  ack: z.object({
    acks: z.array(z.object({ lease_id: z.string() })).default([]),
    retries: z.array(z.object({ lease_id: z.string(), delay_seconds: delay })).default([]),
  }),
};

/** What the API answers: Cloudflare's envelope around a result, or around an error with its status. */
type Answer = { status: number; result: unknown } | { status: number; error: string };
const refuse = (status: number, error: string): Answer => ({ status, error });

const toNewMessage = (message: z.infer<typeof pushed>, delayS?: number): NewMessage => ({
  body: Buffer.from(message.content_type === 'text' ? message.body : JSON.stringify(message.body ?? null)),
  contentType: message.content_type,
  delayS: message.delay_seconds ?? delayS,
});

const metrics = (broker: QueueBroker, queue: QueueSettings) => {
  const { count, bytes, oldest } = broker.backlog(queue);
  return { metrics: { backlog_count: count, backlog_bytes: bytes, oldest_message_timestamp_ms: oldest } };
};

async function push(broker: QueueBroker, queue: QueueSettings, messages: NewMessage[]): Promise<Answer> {
  const refusal = tooLarge(messages);
  if (refusal !== null) return refuse(413, refusal);
  await broker.send(queue, messages);
  return { status: 200, result: { metadata: metrics(broker, queue) } };
}

async function pull(broker: QueueBroker, queue: QueueSettings, body: z.infer<typeof bodies.pull>): Promise<Answer> {
  if (queue.consumer !== 'pull') return refuse(400, 'the consumer of this queue is a Worker; HTTP pull is not enabled');
  const messages = await broker.pull(queue, body.batch_size, body.visibility_timeout_ms);
  return {
    status: 200,
    result: {
      message_backlog_count: broker.backlog(queue).count,
      metadata: metrics(broker, queue),
      messages: messages.map((message) => ({
        id: message.id,
        body: bodyForPull(message),
        attempts: message.attempts,
        timestamp_ms: message.sentAtMs,
        lease_id: message.leaseId,
        metadata: { 'CF-Content-Type': message.contentType },
      })),
    },
  };
}

async function act(broker: QueueBroker, queue: QueueSettings, action: string, body: unknown): Promise<Answer> {
  const invalid = (error: z.ZodError) => refuse(400, z.prettifyError(error));
  switch (action) {
    case '/pull': {
      const read = bodies.pull.safeParse(body);
      return read.success ? pull(broker, queue, read.data) : invalid(read.error);
    }
    case '/ack': {
      const read = bodies.ack.safeParse(body);
      if (!read.success) return invalid(read.error);
      const retries = read.data.retries.map((item) => ({ leaseId: item.lease_id, delayS: item.delay_seconds }));
      const acks = read.data.acks.map((item) => item.lease_id);
      return { status: 200, result: await broker.settle(queue, acks, retries) };
    }
    case '/batch': {
      const read = bodies.batch.safeParse(body);
      if (!read.success) return invalid(read.error);
      const { messages, delay_seconds } = read.data;
      return push(
        broker,
        queue,
        messages.map((message) => toNewMessage(message, delay_seconds)),
      );
    }
    default: {
      const read = bodies.push.safeParse(body);
      return read.success ? push(broker, queue, [toNewMessage(read.data)]) : invalid(read.error);
    }
  }
}

export type PullApiOptions = { accountId: string; token: string; port?: number | undefined };

function authorised(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function answer(broker: QueueBroker, options: PullApiOptions, request: IncomingMessage): Promise<Answer> {
  if (!authorised(request, options.token)) return refuse(401, 'Authentication error');
  const path = PATH.exec(new URL(request.url ?? '/', 'http://queue').pathname);
  if (path === null || request.method !== 'POST') return refuse(404, 'no such route');
  const [, accountId, id = '', action = ''] = path;
  const queue = accountId === options.accountId ? broker.queueById(id) : undefined;
  if (queue === undefined) return refuse(404, 'queue not found');
  const bytes = await readBody(request, REQUEST_BYTES_MAX);
  if (bytes === null) return refuse(413, 'the request is too large');
  try {
    return await act(broker, queue, action, bytes.length === 0 ? {} : JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    if (error instanceof SyntaxError) return refuse(400, 'the body is not JSON');
    throw error;
  }
}

function send(response: ServerResponse, answered: Answer): void {
  const error = 'error' in answered ? [{ code: 10_000 + answered.status, message: answered.error }] : [];
  const result = 'result' in answered ? answered.result : null;
  answerJson(response, answered.status, { success: error.length === 0, errors: error, messages: [], result });
}

/** Serves the API on loopback; `port` is tried first. */
export async function startPullApi(broker: QueueBroker, options: PullApiOptions, log: (line: string) => void) {
  const server = createServer((request, response) => {
    answer(broker, options, request)
      .then((answered) => send(response, answered))
      .catch((error: unknown) => {
        log(`queue api: ${String(error)}`);
        if (!response.headersSent) send(response, refuse(500, 'internal error'));
      });
  });
  const port = await listen(server, options.port);
  return { url: `http://${LOOPBACK}:${port}`, close: () => closeServer(server) };
}
