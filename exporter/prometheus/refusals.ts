/**
 * What back ends answer when they refuse, in their own words, and what can be done. docs/metering.md has the table.
 * A refusal that is in none of the rows is judged by its status alone.
 */
import type { PrometheusFailure } from './failure.ts';

export interface Refusal {
  from: string;
  /** In what the back end says. */
  words: RegExp;
  kind: PrometheusFailure['kind'];
}

/** Refusals that back ends are known to give; of several that fit, the first counts. */
export const refusals: Refusal[] = [
  { from: 'Prometheus, Thanos', words: /too many samples into memory/, kind: 'too_large' },
  { from: 'Prometheus', words: /query timed out in|query timed out/, kind: 'slow' },
  {
    from: 'Prometheus',
    words: /query was canceled|queries are already (?:running|queued)|query queue is full/,
    kind: 'busy',
  },
  { from: 'Prometheus', words: /exceeded maximum resolution/, kind: 'too_large' },
  {
    from: 'Mimir',
    words: /err-mimir-max-(?:partial-|total-)?query-length|query time range exceeds the limit/,
    kind: 'too_large',
  },
  {
    from: 'Mimir',
    words: /err-mimir-max-(?:chunks|series|chunks-bytes|estimated-[a-z-]+)-per-query/,
    kind: 'too_large',
  },
  { from: 'Mimir, Cortex', words: /the query (?:exceeded|hit) the\b/, kind: 'too_large' },
  {
    from: 'Mimir, Cortex',
    words: /too many outstanding requests|err-mimir-tenant-max-request-rate|request rate limit/,
    kind: 'busy',
  },
  { from: 'Mimir', words: /err-mimir-store-consistency-check-failed|err-mimir-bucket-index-too-old/, kind: 'partial' },
  {
    from: 'Thanos',
    words: /exceeded (?:series|chunks|samples|bytes|postings?) limit|limit \S+ violated/,
    kind: 'too_large',
  },
  {
    from: 'Thanos',
    words: /ResourceExhausted|larger than max \(\d+ vs\. \d+\)|message larger than max/,
    kind: 'too_large',
  },
  { from: 'Thanos', words: /no StoreAPIs? matched|failed to receive any data|code = Unavailable/, kind: 'partial' },
  {
    from: 'VictoriaMetrics',
    words: /-search\.maxConcurrentRequests|-maxConcurrentRequests|-maxQueueDuration/,
    kind: 'busy',
  },
  {
    from: 'VictoriaMetrics',
    words: /-search\.maxQueryDuration|timeout exceeded (?:during|while)|timeout exceeded before/,
    kind: 'slow',
  },
  {
    from: 'VictoriaMetrics',
    words: /-search\.max(?:SamplesPer|UniqueTimeseries|Series|MemoryPerQuery|ResponseSeries|PointsPer)/,
    kind: 'too_large',
  },
  {
    from: 'VictoriaMetrics',
    words: /matching (?:unique )?timeseries exceeds|not enough memory for processing/,
    kind: 'too_large',
  },
  { from: 'any, by gRPC', words: /context deadline exceeded|DeadlineExceeded|deadline exceeded/, kind: 'slow' },
  { from: 'proxies', words: /[Rr]equest [Ee]ntity [Tt]oo [Ll]arge|response (?:body )?too large/, kind: 'too_large' },
  {
    from: 'any',
    words:
      /(?:exceed|above|over|violat|reach|hit)\w* (?:the |its )?(?:\w+ ){0,4}limit|limit (?:\w+ ){0,3}(?:exceeded|reached)/,
    kind: 'too_large',
  },
];

/** Statuses that say enough by themselves. */
const byStatus: Record<number, PrometheusFailure['kind']> = {
  401: 'unauthorized',
  403: 'unauthorized',
  413: 'too_large',
  429: 'busy',
  504: 'slow',
};

/** What a refusal means. `type` is the API's errorType, empty where the answer is not in its form. */
export function kindOf(status: number, type: string, message: string): PrometheusFailure['kind'] {
  if (status === 401 || status === 403) return 'unauthorized';
  const known = refusals.find(({ words }) => words.test(message));
  if (known) return known.kind;
  if (type === 'timeout') return 'slow';
  if (type === 'too_many_requests' || type === 'canceled') return 'busy';
  if (type === 'bad_data') return 'bad_query';
  return byStatus[status] ?? (status >= 500 || type !== '' ? 'unreachable' : 'bad_answer');
}
