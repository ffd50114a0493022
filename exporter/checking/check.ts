/**
 * What a Prometheus has of what metering needs: each kind of target with who is believed, up and how often scraped, each
 * meter with its series and what they come to, and what is missing with what to do. Asks as the exporter asks.
 */
import type { Config } from '../config.ts';
import { meters, type SourceName, sourceOf, type TargetKind, targetKinds } from '../metering/catalogue.ts';
import type { Observed } from '../metering/observed.ts';
import { type Target, targetsOf } from '../metering/scrapes.ts';
import type { Span } from '../metering/series.ts';
import { seriesMeters } from '../metering/series-meters.ts';
import { believer } from '../metering/trust.ts';
import { lengthMs } from '../metering/unseen.ts';
import { meterWindow } from '../metering/window.ts';
import type { Prometheus } from '../prometheus/client.ts';
import { collectWindow } from '../prometheus/collect.ts';
import { kindTargets } from '../prometheus/evidence.ts';
import type { PrometheusFailure } from '../prometheus/failure.ts';
import { nothingLearned } from '../sending/learned.ts';
import { adviceOf, wanted } from './advice.ts';
import type { Finding } from './finding.ts';
import { checkOwnMeters } from './own-meters.ts';

/** Findings about the span before now, the operator's own meters included; a failure when Prometheus does not answer. */
export async function checkPrometheus(
  prometheus: Prometheus,
  config: Config,
  nowMs: number,
  spanMs: number,
  own = nothingLearned,
): Promise<Finding[] | PrometheusFailure> {
  const window = { startMs: nowMs - spanMs, endMs: nowMs };
  const http = config.http === 'none' ? [] : [config.http];
  const kinds: TargetKind[] = ['cadvisor', 'kubelet', 'podlist', ...http];
  const targets = await kindTargets(prometheus, kinds, config.targets, window, nowMs);
  if (!targets.ok) return targets.error;
  const findings = kinds.map((kind) =>
    aboutKind(kind, targetsOf(targets.value[kind] ?? [], []).scraped, config, window),
  );
  for (const { kind, selector, without, todo } of wanted) {
    const rows = await prometheus.over(selector, window, { by: [] });
    if (!rows.ok) return rows.error;
    const needless = kind === 'podlist' && config.hostNetwork === 'none' && selector.includes('host_network');
    const about = adviceOf[kind].name;
    if (rows.value.length === 0 && !needless) findings.push({ state: 'warning', about, told: without, todo });
  }
  const observed = await collectWindow(prometheus, { ...config, window, nowMs });
  if (!observed.ok) return observed.error;
  const measured = [...seriesMeters(config.meters), ...own.measured];
  const owns = await checkOwnMeters(prometheus, { ...own, measured }, { ...config, window, nowMs });
  return Array.isArray(owns) ? [...findings, ...aboutMeters(observed.value), ...owns] : owns;
}

function aboutKind(kind: TargetKind, all: Target[], config: Config, window: Span): Finding {
  const { name, variable, scrape } = adviceOf[kind];
  if (all.length === 0) return { state: 'missing', about: name, told: 'no target is known', todo: scrape };
  const believes = believer(kind, all, config.targets[kind] ?? {}, config.namespace);
  const [believed, others] = [all.filter(believes), all.filter((t) => !believes(t))];
  const doubt = others.length > 0 ? `; not believed: ${placesOf(others)}` : '';
  const choose = `set ${variable}_JOB or ${variable}_NAMESPACE to those that count`;
  if (believed.length === 0) {
    return { state: 'missing', about: name, told: `nobody is believed${doubt}`, todo: choose };
  }
  const isUp = (t: Target): boolean => t.good.some((at) => at > window.startMs);
  const up = believed.filter(isUp);
  const intervals = believed.flatMap((t) => t.intervalMs ?? []).sort((a, b) => a - b);
  const seconds = Math.round((intervals[Math.floor(intervals.length / 2)] ?? 0) / 1000);
  const told = `${up.length} of ${believed.length} targets up, scraped every ${seconds} s: ${placesOf(believed)}${doubt}`;
  if (up.length === believed.length) return { state: 'ok', about: name, told };
  const down = believed.filter((t) => !isUp(t)).map((t) => t.labels['instance'] ?? '');
  return { state: 'warning', about: name, told, todo: `see why these are down: ${down.slice(0, 5).join(', ')}` };
}

/** Jobs and namespaces of some targets. */
function placesOf(targets: Target[]): string {
  const places = targets.map(
    ({ labels }) => `job ${labels['job'] ?? ''}${labels['namespace'] ? ` in ${labels['namespace']}` : ''}`,
  );
  return [...new Set(places)].slice(0, 5).join(', ');
}

function aboutMeters(observed: Observed): Finding[] {
  return meterWindow(observed).map((result): Finding => {
    const { field } = result;
    if (result.state === 'off') return { state: 'ok', about: field, told: 'switched off by HTTP_METRICS=none' };
    const source = sourceFor(field, observed);
    const series = source ? (observed.samples[source] ?? []) : [];
    const shown = source ? `${series.length} series of ${sourceOf(source).metric}` : '';
    if (result.state === 'missing') {
      const kind = source ? sourceOf(source).targets : 'cadvisor';
      const todo = `needed is ${source ? sourceOf(source).selectors[0]?.replaceAll(/\$PODS|\$EXPORTED/g, '') : ''}`;
      const proof = targetKinds[kind].shows[0] ?? '';
      return {
        state: 'missing',
        about: field,
        told: `${shown}, not enough to bill`,
        todo: `${todo}; shown to somebody is ${proof}`,
      };
    }
    const unseen = result.unseen
      .map(({ thing, why, spans }) => `${thing}: ${why}, ${Math.round(lengthMs(spans) / 1000)} s`)
      .slice(0, 5);
    const told = `${shown}: ${Number(result.quantity.toPrecision(4))}`;
    if (unseen.length === 0) return { state: 'ok', about: field, told };
    return { state: 'warning', about: field, told, todo: `not seen throughout: ${unseen.join('; ')}` };
  });
}

function sourceFor(field: string, observed: Observed): SourceName | undefined {
  const meter = meters.find((m) => m.field === field);
  if (!meter) return undefined;
  if (meter.source !== 'http') return meter.source;
  return observed.http === 'none' ? undefined : observed.http;
}
