/** What Prometheus reads of this process: calls and their time, devices, MQTT. */

import type { TrafficTotals } from '@tenantry/usage-reporter/traffic-monitor';
import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const secondMs = 1000;
const bucketsSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Paths that nothing answers are one series, or anybody could make any number of them. */
const noRoute = 'none';

/** What is asked when somebody reads. */
export interface Observed {
  devices(): Promise<{ active: number; openKeys: number }>;
  limit(): number;
  totals(): TrafficTotals;
}

export interface Metrics {
  measure: MiddlewareHandler;
  text(): Promise<string>;
  contentType: string;
}

function observe(registers: Registry[], { devices, limit, totals }: Observed): void {
  new Gauge({
    name: 'instance_devices',
    help: 'Devices that are active, and keys that one can still register with',
    labelNames: ['state'],
    registers,
    async collect() {
      // A database that is away leaves out this one, not the rest.
      const counts = await devices().catch(() => null);
      this.reset();
      if (counts === null) return;
      this.set({ state: 'active' }, counts.active);
      this.set({ state: 'open_key' }, counts.openKeys);
    },
  });
  new Gauge({
    name: 'instance_devices_limit',
    help: 'Devices that the licence allows; +Inf when there is no limit',
    registers,
    collect() {
      this.set(limit());
    },
  });
  new Gauge({
    name: 'instance_mqtt_messages',
    help: 'MQTT messages since the start, by direction and quality of service',
    labelNames: ['direction', 'qos'],
    registers,
    collect() {
      for (const [qos, { published, received }] of Object.entries(totals().mqtt.byQos)) {
        this.set({ direction: 'published', qos }, published);
        this.set({ direction: 'received', qos }, received);
      }
    },
  });
}

/** The pattern of the route that answered; what is for all methods or paths is middleware. */
const routeOf = (context: Context): string =>
  matchedRoutes(context).findLast(({ method, path }) => method !== 'ALL' && !path.endsWith('*'))?.path ?? noRoute;

export function metricsOf(observed: Observed): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const labelNames = ['method', 'route', 'status'] as const;
  const requests = new Counter({ name: 'http_requests_total', help: 'Requests answered', labelNames, registers });
  const times = new Histogram({
    name: 'api_response_time',
    help: 'Seconds until a request was answered',
    labelNames,
    registers,
    buckets: bucketsSeconds,
  });
  observe(registers, observed);
  return {
    async measure(context, next) {
      const startedAt = performance.now();
      await next();
      const { status } = context.res;
      const route = routeOf(context);
      const labels = { method: context.req.method, route, status };
      requests.inc(labels);
      times.observe(labels, (performance.now() - startedAt) / secondMs);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
