/**
 * Hono middleware that counts calls and the bytes of bodies, as they pass. Works in Node and in workerd, and imports no Hono:
 * it needs of it only what stands here.
 */
import { type Categorize, categoryOf } from './core/category.ts';
import { countedBody } from './core/counted-body.ts';
import type { TrafficMonitor } from './traffic-monitor.ts';

export interface CountOptions {
  /** The kind of endpoint; null does not count the request. Default: the first telling segment of the path, no probes. */
  category?: Categorize;
  /** False counts bytes and no API calls: for pages and files. */
  calls?: boolean;
}

/** As much of Hono's context as is used. */
interface Context {
  req: { raw: Request; method: string; path: string };
  res: Response;
}

/** Put it first: of a body that another middleware has read before, nothing is counted. */
export function countTraffic(
  monitor: TrafficMonitor,
  { category: categorize = categoryOf, calls = true }: CountOptions = {},
): (context: Context, next: () => Promise<void>) => Promise<void> {
  monitor.use('http');
  return async (context, next) => {
    const category = categorize(context.req.method, context.req.path);
    if (category === null) return await next();
    if (calls) monitor.countCall(category);
    const { raw } = context.req;
    // The header that says how long the body is was written by whoever called: only what arrives is counted.
    if (raw.body && !raw.bodyUsed) {
      const body = countedBody(raw.body, (bytes) => monitor.countBytesReceived(category, bytes));
      context.req.raw = new Request(raw, { body, duplex: 'half' } as RequestInit);
    }
    await next();
    const answer = context.res;
    if (!answer.body) return;
    const body = countedBody(answer.body, (bytes) => monitor.countBytesSent(category, bytes));
    context.res = new Response(body, answer);
  };
}
