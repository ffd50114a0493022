/**
 * Express middleware that counts calls and the bytes of bodies, as they pass. Works with whatever gives Node's own request and
 * answer (Connect, Fastify's `use`, a bare server), and imports no Express.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Categorize, categoryOf } from './core/category.ts';
import type { TrafficMonitor } from './traffic-monitor.ts';

export interface CountOptions {
  /** The kind of endpoint; null does not count the request. Default: the first telling segment of the path, no probes. */
  category?: Categorize;
  /** False counts bytes and no API calls: for pages and files. */
  calls?: boolean;
}

type Request = IncomingMessage & { originalUrl?: string };

/** Put it first: of a body that another middleware has read before, nothing is counted. */
export function countTraffic(
  monitor: TrafficMonitor,
  { category: categorize = categoryOf, calls = true }: CountOptions = {},
): (request: Request, response: ServerResponse, next: (error?: unknown) => void) => void {
  monitor.use('http');
  return (request, response, next) => {
    const [path = '/'] = (request.originalUrl ?? request.url ?? '/').split('?');
    const category = categorize(request.method ?? 'GET', path);
    if (category !== null) {
      if (calls) monitor.countCall(category);
      countReceived(request, (bytes) => monitor.countBytesReceived(category, bytes));
      countSent(request, response, (bytes) => monitor.countBytesSent(category, bytes));
    }
    next();
  };
}

/** Listening to `data` would start the stream before the application does; Node hands every piece to `push`. */
function countReceived(request: IncomingMessage, onBytes: (bytes: number) => void): void {
  if (request.readableLength > 0) onBytes(request.readableLength);
  const push = request.push.bind(request);
  request.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk instanceof Uint8Array) onBytes(chunk.byteLength);
    return push(chunk, encoding);
  };
}

/** Statuses without a body, whatever is written. */
const bodiless = [204, 304];

function countSent(request: IncomingMessage, response: ServerResponse, onBytes: (bytes: number) => void): void {
  const count = (chunk: unknown, encoding: unknown): void => {
    if (request.method === 'HEAD' || bodiless.includes(response.statusCode)) return;
    if (chunk instanceof Uint8Array) onBytes(chunk.byteLength);
    else if (typeof chunk === 'string') {
      onBytes(Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'));
    }
  };
  const { write, end } = response;
  let ending = false;
  response.write = function counted(this: ServerResponse, ...args: unknown[]) {
    // The `end` of HTTP/2 and of some wrappers writes by this very function.
    if (!ending) count(args[0], args[1]);
    return Reflect.apply(write, this, args) as boolean;
  } as ServerResponse['write'];
  response.end = function counted(this: ServerResponse, ...args: unknown[]) {
    if (!ending) count(args[0], args[1]);
    ending = true;
    return Reflect.apply(end, this, args) as ServerResponse;
  } as ServerResponse['end'];
}
