/**
 * The health server: /healthz (the loop turns), /readyz (jobs can be worked on) and /metrics in Prometheus' text. Owns what
 * is answered; what counts as alive and ready is vital-signs.ts's.
 */
import { createServer, type Server } from 'node:http';
import { messageOf } from '../src/lib/message.ts';
import { secondMs } from '../src/lib/time.ts';
import type { Metrics } from './metrics.ts';
import { dependencies, type VitalSigns } from './vital-signs.ts';

export interface HealthParts {
  /** 0: a free one, which the server's address says. */
  port: number;
  /** Absent: every interface. */
  host: string | undefined;
  signs: VitalSigns;
  metrics: Metrics;
}

/** Listens; rejects when it cannot, e.g. because the port is taken. */
export async function serveHealth({ port, host, signs, metrics }: HealthParts): Promise<Server> {
  const server = createServer((request, response) => {
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') return json(405, { error: 'method not allowed' });
    switch ((request.url ?? '/').split('?')[0]) {
      case '/healthz': {
        const { ok, overdueMs } = signs.alive();
        return json(ok ? 200 : 503, { status: ok ? 'alive' : 'stuck', overdue_seconds: secondsOf(overdueMs) });
      }
      case '/readyz': {
        const ready = signs.ready();
        return json(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', ...reaches(signs) });
      }
      case '/metrics':
        metrics.text().then(
          (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
          (error: unknown) => json(500, { error: messageOf(error) }),
        );
        return;
      default:
        return json(404, { error: 'not found' });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}

const secondsOf = (ms: number): number => Math.round(ms / secondMs);

/** `{control_plane: {up, answered_seconds_ago, reason}, …}` for people who look why. */
const reaches = (signs: VitalSigns): Record<string, object> =>
  Object.fromEntries(
    dependencies.map((dependency) => {
      const { up, answeredMsAgo, reason } = signs.reach(dependency);
      const ago = answeredMsAgo === null ? null : secondsOf(answeredMsAgo);
      return [dependency, { up, answered_seconds_ago: ago, reason }];
    }),
  );
