/** The health server: /health, /ready and /metrics (seed 000's JSON, or Prometheus text for who asks for text). */
import { createServer, type Server } from 'node:http';
import { isoOrNull } from '../src/lib/time.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Spool } from './sending/spool.ts';
import { isReady, type State } from './state.ts';

const version = '0.1.0';

export interface HealthParts {
  config: Config;
  clock: Clock;
  state: State;
  spool: Spool;
}

/** Listens on the configured port (0: any); answers the server, whose address says which. */
export async function serveHealth(parts: HealthParts): Promise<Server> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') return json(405, { error: 'method not allowed' });
    if (path === '/health') return json(200, { status: 'healthy', uptime_seconds: uptime(parts) });
    if (path === '/ready') return readiness(parts, json);
    if (path !== '/metrics') return json(404, { error: 'not found' });
    if (!wantsText(request.headers.accept)) return json(200, summary(parts));
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(metricsText(parts));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(parts.config.port, parts.config.host, resolve);
  });
  return server;
}

// Prometheus asks for text or OpenMetrics; curl and browsers' fetch ask for anything and get the seed's form.
const wantsText = (accept = ''): boolean => /text\/plain|application\/openmetrics-text/.test(accept);

function readiness({ state, config, clock }: HealthParts, json: (status: number, body: unknown) => void): void {
  const ready = isReady(state, config.intervalMs, clock.now());
  const last = { last_success: isoOrNull(state.lastSuccessMs), reason: state.trouble };
  json(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', ...last });
}

const uptime = ({ state, clock }: HealthParts): number => Math.floor((clock.now() - state.startedMs) / 1000);

function summary(parts: HealthParts): Record<string, unknown> {
  const { config, state, clock, spool } = parts;
  return {
    service: 'billing-exporter',
    version,
    customer_id: config.customerId,
    instance_id: config.instanceId,
    namespace: config.namespace,
    last_collection: isoOrNull(state.lastCollectionMs),
    uptime_seconds: uptime(parts),
    timestamp: new Date(clock.now()).toISOString(),
    windows_pending: spool.list('pending').length,
    windows_rejected: spool.list('rejected').length,
  };
}

/** Prometheus' text format by hand: ten gauges do not need the 8 MiB that a client library keeps. */
function metricsText({ config, state, spool }: HealthParts): string {
  const shown: [name: string, help: string, value: number][] = [
    ['last_success_timestamp_seconds', 'When everything due was last collected', (state.lastSuccessMs ?? 0) / 1000],
    ['last_collection_timestamp_seconds', 'When a window was last computed', (state.lastCollectionMs ?? 0) / 1000],
    ['windows_collected', 'Windows computed since the start', state.windowsCollected],
    ['windows_incomplete', 'Windows of which a part was not seen', state.windowsIncomplete],
    ['windows_revised', 'Windows sent again because late samples changed them', state.windowsRevised],
    ['windows_pending', 'Windows waiting to be sent', spool.list('pending').length],
    ['windows_rejected', 'Reports in rejected/', spool.list('rejected').length],
    ['reports_accepted', 'Reports the API has accepted', state.reportsAccepted],
    ['prometheus_failures', 'Passes that Prometheus did not answer', state.failures.prometheus],
    ['api_failures', 'Requests that the API did not take', state.failures.api],
    ['resident_memory_bytes', 'Memory of the process', process.memoryUsage.rss()],
  ];
  // The id and the instance have no character that a label would need escaped but these two.
  const text = (value: string): string => value.replaceAll(/[\\"]/g, '\\$&');
  const labels = `customer_id="${text(config.customerId)}",instance_id="${text(config.instanceId)}"`;
  const lines = shown.map(([name, help, value]) => {
    const full = `billing_exporter_${name}`;
    return `# HELP ${full} ${help}\n# TYPE ${full} gauge\n${full}{${labels}} ${value}\n`;
  });
  return lines.join('');
}
