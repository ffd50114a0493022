/** Start-up checks: reach Prometheus and the API once and say which failed. What fails here is tried again later. */
import type { Logger } from 'pino';
import { sentenceOf } from '../src/lib/api-client.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { sourceOf } from './metering/catalogue.ts';
import type { Prometheus } from './prometheus/client.ts';
import { selectorsOf } from './prometheus/read.ts';
import type { BillingApi } from './sending/api.ts';

export async function checkConnections(
  prometheus: Prometheus,
  api: BillingApi,
  config: Config,
  clock: Clock,
  log: Logger,
): Promise<void> {
  log.info('Verifying connectivity');
  // The real selector, so that a pattern which Prometheus refuses is told now and not in an hour.
  const { metric, selectors } = sourceOf('cpu');
  const [selector = metric] = selectorsOf({ metric, selectors }, config);
  const now = clock.now();
  const recent = { startMs: now - recentMs, endMs: now };
  const [asked, healthy] = await Promise.all([prometheus.over(selector, recent, { by: [] }), api.health()]);
  if (asked.ok) log.info('Prometheus is reachable');
  else log.error({ reason: `${asked.error.kind}: ${asked.error.message}` }, 'Prometheus query failed');
  if (healthy.ok) log.info('Billing API is reachable');
  else log.error({ reason: sentenceOf(healthy.error) }, 'Billing API is not reachable');
}

const recentMs = 5 * 60_000;
