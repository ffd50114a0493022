/** Start-up checks: reach Prometheus and the API once and say which failed. What fails here is tried again later. */
import type { Logger } from 'pino';
import { sentenceOf } from '../src/lib/api-client.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { sourceOf } from './metering/catalogue.ts';
import type { Prometheus } from './prometheus/client.ts';
import { fill } from './prometheus/query.ts';
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
  const query = `count(${metric}{${fill(selectors[0] ?? '', config)}})`;
  const [asked, healthy] = await Promise.all([prometheus.instant(query, clock.now()), api.health()]);
  if (asked.ok) log.info('Prometheus is reachable');
  else log.error({ reason: `${asked.error.kind}: ${asked.error.message}` }, 'Prometheus query failed');
  if (healthy.ok) log.info('Billing API is reachable');
  else log.error({ reason: sentenceOf(healthy.error) }, 'Billing API is not reachable');
}
