/** The server of the broker's exporter: /metrics in Prometheus' text, and /health, which is the exporter's own and not the broker's. */
import { createServer, type Server } from 'node:http';
import type { Clock } from '../clock.ts';
import { textOf } from './topics.ts';
import type { MqttSettings } from './variables.ts';
import { isUp, type Watched } from './watch.ts';

/** Listens on the configured port (0: any); answers the server, whose address says which. */
export async function serve(settings: MqttSettings, watched: Watched, clock: Clock): Promise<Server> {
  const server = createServer((request, response) => {
    const answer = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': type }).end(body);
    };
    const json = (status: number, body: unknown): void => answer(status, 'application/json', JSON.stringify(body));
    if (request.method !== 'GET' && request.method !== 'HEAD') return json(405, { error: 'method not allowed' });
    const up = isUp(watched, settings.SILENT_AFTER, clock.now());
    switch ((request.url ?? '/').split('?')[0]) {
      case '/health':
        return json(200, { status: 'healthy', broker: up ? 'up' : 'down', reason: up ? null : whyDown(watched) });
      case '/metrics': {
        const text = textOf(watched.readings, { up, connections: watched.connections });
        return answer(200, 'text/plain; version=0.0.4; charset=utf-8', text);
      }
      default:
        return json(404, { error: 'not found' });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.PORT, settings.HOST, resolve);
  });
  return server;
}

const whyDown = ({ trouble }: Watched): string => trouble ?? 'connected, but the broker says nothing of its state';
