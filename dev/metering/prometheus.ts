/**
 * A stand-in for Prometheus over the simulated cluster, for the exporter alone: POST /api/v1/query with the forms of
 * promql.ts, on loopback. It stores nothing: samples are computed for the times at which a scrape would have been, so the
 * past is there however long the platform was not. A deleted namespace is gone with its past.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { minuteMs, secondMs } from '../../src/lib/time.ts';
import { answerJson, closeServer, LOOPBACK, listen, readBody } from '../data/http.ts';
import type { Namespace } from './namespaces.ts';
import { type Matcher, parseQuery, type Query } from './promql.ts';
import { type Series, seriesNamed } from './world.ts';

/** All targets at once, at the clock's quarters of a minute. */
export const scrapeMs = 15 * secondMs;
/** How old a sample may be for a selector without a range; Prometheus' default. */
const lookBackMs = 5 * minuteMs;
/** Larger answers are refused in Prometheus' words, upon which the exporter asks for less. */
const samplesMax = 1_000_000;
const queryBytesMax = 1_000_000;

type Sample = [atMs: number, value: number];
type Row = { metric: Record<string, string>; values?: [number, string][]; value?: [number, string] };
type Answer = { status: number; body: unknown };

const refuse = (status: number, errorType: string, error: string): Answer => ({
  status,
  body: { status: 'error', errorType, error },
});

class TooManySamples extends Error {}

/** Samples in `(atMs - rangeMs, atMs]`, where the series lived and not after now. */
function samplesOf({ lives, valueAt }: Series, atMs: number, rangeMs: number, nowMs: number): Sample[] {
  return lives.flatMap(({ startMs, endMs }) => {
    const first = Math.max(Math.floor((atMs - rangeMs) / scrapeMs) + 1, Math.ceil(startMs / scrapeMs)) * scrapeMs;
    const last = Math.min(atMs, nowMs, endMs - 1);
    const count = Math.max(0, Math.floor((last - first) / scrapeMs) + 1);
    if (count > samplesMax) throw new TooManySamples();
    return Array.from({ length: count }, (_, i): Sample => {
      const ms = first + i * scrapeMs;
      return [ms, valueAt(ms)];
    });
  });
}

const fitsAll = (selector: Matcher[], labels: Record<string, string>): boolean =>
  selector.every(({ label, fits }) => fits(labels[label] ?? ''));

function select(namespaces: Namespace[], selector: Matcher[]): Series[] {
  const of = (label: string) => (value: string) => selector.every((m) => m.label !== label || m.fits(value));
  const ours = namespaces.filter(({ name }) => of('namespace')(name));
  return seriesNamed(ours, of('__name__')).filter(({ labels }) => fitsAll(selector, labels));
}

function rowsOf(query: Query, namespaces: Namespace[], atMs: number, nowMs: number): Row[] {
  const rangeMs = query.form === 'count' ? lookBackMs : query.rangeMs;
  const found = select(namespaces, query.selector)
    .map((series) => ({ labels: series.labels, samples: samplesOf(series, atMs, rangeMs, nowMs) }))
    .filter(({ samples }) => samples.length > 0);
  if (found.reduce((sum, { samples }) => sum + samples.length, 0) > samplesMax) throw new TooManySamples();
  const at = (value: number): [number, string] => [atMs / secondMs, String(value)];
  if (query.form === 'count') return found.length === 0 ? [] : [{ metric: {}, value: at(found.length) }];
  if (query.form === 'range') {
    return found.map(({ labels, samples }) => ({
      metric: labels,
      values: samples.map(([ms, value]) => [ms / secondMs, String(value)]),
    }));
  }
  const { by, pick } = query;
  if (by) {
    const groups = found.map(({ labels }) =>
      Object.fromEntries(by.flatMap((b) => (labels[b] ? [[b, labels[b]]] : []))),
    );
    const unique = new Map(groups.map((metric) => [JSON.stringify(metric), metric]));
    return [...unique.values()].map((metric) => ({ metric, value: at(1) }));
  }
  return found.map(({ labels: { __name__, ...rest }, samples }) => {
    const values = samples.map(([, value]) => value);
    const value = pick === 'max' ? values.reduce((a, b) => Math.max(a, b)) : (values.at(-1) ?? 0);
    return { metric: pick === 'last' && __name__ ? { __name__, ...rest } : rest, value: at(value) };
  });
}

function answerQuery(form: URLSearchParams, namespaces: () => Namespace[], nowMs: number): Answer {
  const text = form.get('query') ?? '';
  const query = parseQuery(text);
  if (query === null) return refuse(400, 'bad_data', `the simulated Prometheus does not know this query: ${text}`);
  const given = form.get('time');
  const atMs = given === null ? nowMs : Math.round(Number(given) * secondMs);
  if (!Number.isFinite(atMs)) return refuse(400, 'bad_data', 'time: not a number of seconds');
  try {
    const result = rowsOf(query, namespaces(), atMs, nowMs);
    const resultType = query.form === 'range' ? 'matrix' : 'vector';
    return { status: 200, body: { status: 'success', data: { resultType, result } } };
  } catch (error) {
    if (error instanceof TooManySamples)
      return refuse(422, 'execution', 'query processing would load too many samples');
    throw error;
  }
}

async function answer(request: IncomingMessage, namespaces: () => Namespace[], now: () => number): Promise<Answer> {
  const path = new URL(request.url ?? '/', 'http://prometheus').pathname;
  if (request.method === 'GET' && path === '/-/healthy') return { status: 200, body: { status: 'healthy' } };
  if (path !== '/api/v1/query') return refuse(404, 'not_found', 'the simulated Prometheus has only /api/v1/query');
  if (request.method !== 'POST') return refuse(405, 'bad_data', 'POST it');
  const body = await readBody(request, queryBytesMax);
  if (body === null) return refuse(413, 'bad_data', 'the query is too long');
  return answerQuery(new URLSearchParams(body.toString('utf8')), namespaces, now());
}

/** Serves it on a free loopback port. @param now the platform's clock, ms: no sample is younger */
export async function startSimulatedPrometheus(
  namespaces: () => Namespace[],
  now: () => number,
  log: (line: string) => void,
) {
  const send = (response: ServerResponse, { status, body }: Answer) => answerJson(response, status, body);
  const server = createServer((request, response) => {
    answer(request, namespaces, now)
      .then((answered) => send(response, answered))
      .catch((error: unknown) => {
        log(`simulated Prometheus: ${String(error)}`);
        if (!response.headersSent) send(response, refuse(500, 'internal', 'internal error'));
      });
  });
  const port = await listen(server);
  return { url: `http://${LOOPBACK}:${port}`, close: () => closeServer(server) };
}
