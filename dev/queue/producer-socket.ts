/**
 * Where the Worker's queue bindings send: the small protocol of workerd's queue binding on a unix socket. A 200 means
 * that the message is on the disk; anything else makes `send()` throw in the Worker, which then must not answer 202.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { answerJson, closeServer, readBody } from '../data/http.ts';
import type { QueueBroker } from './broker.ts';
import { contentTypes, DELAY_S_MAX, isContentType, type NewMessage, tooLarge } from './message.ts';

/** The header that binding-plugin.ts adds, because the binding itself does not say which queue it is of. */
export const QUEUE_HEADER = 'x-embedded-queue';

// A batch at its limit grows by a third in base64, plus its JSON.
const REQUEST_BYTES_MAX = 1_000_000;
// sun_path holds 108 bytes, the last one zero.
const SOCKET_PATH_BYTES_MAX = 107;

const delay = z.int().min(0).max(DELAY_S_MAX);
const batchBody = z.object({
  messages: z.array(
    z.object({ body: z.base64(), contentType: z.enum(contentTypes).default('v8'), delaySecs: delay.optional() }),
  ),
});

/** A path for the socket: in the data folder, or in a private temporary folder where that path would be too long. */
function socketPath(dataDir: string): { path: string; remove: () => void } {
  const near = join(dataDir, 'queue.sock');
  if (Buffer.byteLength(near) <= SOCKET_PATH_BYTES_MAX) {
    const remove = () => rmSync(near, { force: true });
    remove();
    return { path: near, remove };
  }
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-'));
  return { path: join(folder, 'queue.sock'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

type Read = { messages: NewMessage[] } | { status: 400 | 413; message: string };

function readMessages(path: string, headers: IncomingMessage['headers'], body: Buffer): Read {
  const delayHeader = headers['x-msg-delay-secs'];
  const delayS = delay.optional().safeParse(delayHeader === undefined ? undefined : Number(delayHeader));
  if (!delayS.success) return { status: 400, message: `message delay ${String(delayHeader)} is invalid` };
  if (path === '/message') {
    const contentType = String(headers['x-msg-fmt'] ?? 'v8');
    if (!isContentType(contentType)) return { status: 400, message: `message content type ${contentType} is invalid` };
    return { messages: [{ body, contentType, delayS: delayS.data }] };
  }
  const batch = batchBody.safeParse(JSON.parse(body.toString('utf8')));
  if (!batch.success) return { status: 400, message: z.prettifyError(batch.error) };
  return {
    messages: batch.data.messages.map((message) => ({
      body: Buffer.from(message.body, 'base64'),
      contentType: message.contentType,
      delayS: message.delaySecs ?? delayS.data,
    })),
  };
}

async function serve(broker: QueueBroker, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://queue').pathname;
  const queue = broker.queueByName(String(request.headers[QUEUE_HEADER]));
  if (queue === undefined) return void response.writeHead(404).end('unknown queue');
  const metrics = () => {
    const { count, bytes, oldest } = broker.backlog(queue);
    return { backlogCount: count, backlogBytes: bytes, oldestMessageTimestamp: oldest };
  };
  if (path === '/metrics') return answerJson(response, 200, metrics());
  if (request.method !== 'POST' || (path !== '/message' && path !== '/batch'))
    return void response.writeHead(404).end();
  const body = await readBody(request, REQUEST_BYTES_MAX);
  if (body === null) return void response.writeHead(413).end('request too large');
  const read = readMessages(path, request.headers, body);
  if ('status' in read) return void response.writeHead(read.status).end(read.message);
  const refusal = tooLarge(read.messages);
  if (refusal !== null) return void response.writeHead(413).end(refusal);
  await broker.send(queue, read.messages);
  answerJson(response, 200, { metadata: { metrics: metrics() } });
}

/** Starts the socket. Rejects when it cannot be made. */
export async function startProducerSocket(broker: QueueBroker, dataDir: string, log: (line: string) => void) {
  const { path, remove } = socketPath(dataDir);
  const server = createServer((request, response) => {
    serve(broker, request, response).catch((error: unknown) => {
      log(`queue: a message was not accepted: ${String(error)}`);
      if (!response.headersSent) response.writeHead(500).end('the message could not be stored');
    });
  });
  server.keepAliveTimeout = 0; // workerd keeps its connections; closing one under it would fail a send
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    path,
    async close(): Promise<void> {
      await closeServer(server);
      remove();
    },
  };
}
