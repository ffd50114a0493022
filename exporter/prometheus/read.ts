/** Reads series of the catalogue for a window: a source's samples, with what came before and after it. */
import { ok, type Result } from '../../src/lib/result.ts';
import type { Source } from '../metering/catalogue.ts';
import { gather, type Labels, livesIn, type RawSeries, type Span } from '../metering/series.ts';
import type { Prometheus } from './client.ts';
import type { PrometheusFailure } from './failure.ts';
import { lastBefore, lookBackMs } from './look-back.ts';
import { anyOf, fill, type Scope } from './query.ts';

type Read<T> = Promise<Result<T, PrometheusFailure>>;

/** A metric with the matchers that select it, each part once. */
export interface Selected {
  metric: string;
  selectors: readonly string[];
  keeps?: (labels: Labels) => boolean;
}

export const selectorsOf = ({ metric, selectors }: Selected, scope: Scope, more = ''): string[] =>
  selectors.flatMap((matchers) => fill(matchers, scope).map((filled) => `${metric}{${filled}${more}}`));

/** All samples of a metric's selectors in the span. */
export async function select(
  prometheus: Prometheus,
  scope: Scope,
  selected: Selected,
  span: Span,
  more = '',
): Read<RawSeries[]> {
  const parts: RawSeries[] = [];
  for (const selector of selectorsOf(selected, scope, more)) {
    const part = await prometheus.raw(selector, span);
    if (!part.ok) return part;
    parts.push(...part.value.filter((s) => selected.keeps?.(s.labels) ?? true));
  }
  return ok(gather(parts));
}

/** A gauge's samples with those beyond the window that its last ones lead to. */
export async function acrossTheEnd(
  prometheus: Prometheus,
  scope: Scope,
  source: Source,
  span: Span,
  endMs: number,
): Read<RawSeries[]> {
  const read = await select(prometheus, scope, source, span);
  if (!read.ok) return read;
  return ok(read.value.filter((series) => (series.times[0] ?? span.endMs) <= endMs));
}

/** A counter's samples; for series that are new in what was read, also their last sample of the day before. */
export async function withBases(
  prometheus: Prometheus,
  scope: Scope,
  source: Source,
  near: Span,
  window: Span,
): Read<RawSeries[]> {
  const read = await select(prometheus, scope, source, near);
  if (!read.ok) return read;
  const fresh = withoutBase(read.value, source, window);
  if (fresh.length === 0) return read;
  const key = identityKey(source);
  const wantedKeys = new Set(fresh.map((s) => key(s.labels)));
  const pods =
    source.targets === 'cadvisor'
      ? `,${anyOf(
          'pod',
          fresh.map((s) => s.labels['pod'] ?? ''),
        )}`
      : '';
  const parts = [...read.value];
  for (const selector of selectorsOf(source, scope, pods)) {
    const bases = await lastBefore(prometheus, {
      selector,
      beforeMs: near.startMs,
      sinceMs: window.startMs - lookBackMs,
      isWanted: (labels) => wantedKeys.has(key(labels)),
      counts: () => true,
    });
    if (!bases.ok) return bases;
    parts.push(...bases.value);
  }
  return ok(gather(parts));
}

/** Series of the window whose identity has no sample at or before its start. */
function withoutBase(series: RawSeries[], source: Source, window: Span): RawSeries[] {
  const key = identityKey(source);
  const based = new Set(series.filter((s) => (s.times[0] ?? 0) <= window.startMs).map((s) => key(s.labels)));
  return series.filter((s) => livesIn(s, window) && !based.has(key(s.labels)));
}

/** The counter of one container or process: a base under another id is another's. */
const identityKey = ({ identity, targets }: Source) => {
  const place = targets === 'cadvisor' ? ['id'] : ['controller_pod', 'pod', 'instance'];
  const names = [...identity.required, ...identity.optional, ...place];
  return (labels: Labels): string => JSON.stringify(names.map((name) => labels[name] ?? ''));
};
