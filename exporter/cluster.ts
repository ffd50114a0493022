/**
 * One exporter for every namespace of a cluster: the API says whom its key measures for. Each namespace has its own cursor and its
 * own spool, as an exporter of its own has, so that a kill between any two steps doubles nothing and loses nothing. Some namespaces
 * at a time share what they ask of Prometheus; their reports go out in common batches.
 */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { ClusterReporters } from '../src/contracts/usage.ts';
import { sentenceOf } from '../src/lib/api-client.ts';
import { type Backoff, backoffMs } from '../src/lib/backoff.ts';
import { minuteMs, secondMs } from '../src/lib/time.ts';
import type { Clock } from './clock.ts';
import { type Collector, createCollector, needsSecondLook, type Pass } from './collector.ts';
import type { Config } from './config.ts';
import type { OpenCost } from './costs/client.ts';
import { measureWith, type Tell } from './measure.ts';
import type { Prometheus } from './prometheus/client.ts';
import { shareAmong } from './prometheus/shared.ts';
import type { BillingApi } from './sending/api.ts';
import { learnOwnMeters, type OwnMeters } from './sending/own-meters.ts';
import { createSender } from './sending/sender.ts';
import { openSpool, type Spool } from './sending/spool.ts';
import { newState, type State } from './state.ts';

export interface ClusterParts {
  config: Config;
  clock: Clock;
  log: Logger;
  random: () => number;
  prometheus: Prometheus;
  costs: OpenCost | undefined;
  tell: Tell;
  api: BillingApi;
  /** The cluster's: ready when every namespace that could be measured was. */
  state: State;
}

type Reporter = ClusterReporters['items'][number];

/** A namespace that is measured. */
interface Tenant {
  namespace: string;
  collector: Collector;
  spool: Spool;
  /** What it asks Prometheus with, while it shares. */
  ask: { prometheus: Prometheus; nowMs: number };
  state: State;
  dueMs: number;
  lookMs: number;
  failures: number;
}

/** As many share their questions; what they are told is held until all of them have been measured. */
const sharing = 20;
const pauses: Backoff = { baseMs: 5 * secondMs, maxMs: 5 * minuteMs, jitter: 0.5 };
/** How often the API is asked whose namespaces there are. */
const listMs = 5 * minuteMs;

/** Runs until the signal. */
export async function runCluster(parts: ClusterParts, signal: AbortSignal): Promise<void> {
  const { clock, log, state, random, config } = parts;
  const tenants = new Map<string, Tenant>();
  // Whose reports were put off stand behind the others' the next time.
  let turn = 0;
  const spools = (): Spool[] => {
    const all = [...tenants.values()].map((t) => t.spool);
    const first = all.length === 0 ? 0 : turn % all.length;
    return [...all.slice(first), ...all.slice(0, first)];
  };
  const sender = createSender(parts.api, spools, needsSecondLook);
  const failures = { list: 0, send: 0 };
  const due = { list: 0, send: 0 };

  const fail = (task: keyof typeof failures, words: string, source: keyof State['failures'], wishMs = 0): void => {
    failures[task]++;
    state.failures[source]++;
    state.trouble = words;
    due[task] = clock.now() + backoffMs(failures[task], pauses, random(), wishMs);
    log.error({ reason: words, retry_ms: due[task] - clock.now() }, 'The billing API could not be asked');
  };

  const list = async (): Promise<void> => {
    const told = await parts.api.reporters();
    if (!told.ok) return fail('list', sentenceOf(told.error), 'api', told.error.retryAfterMs ?? 0);
    failures.list = 0;
    due.list = clock.now() + listMs;
    const named = new Set(told.value.map(keyOf));
    for (const [key, tenant] of tenants) {
      // What is still to be sent is sent first.
      if (!named.has(key) && tenant.spool.list('pending', 1).length === 0) tenants.delete(key);
    }
    for (const reporter of told.value) {
      if (!tenants.has(keyOf(reporter))) addTenant(parts, tenants, reporter);
    }
  };

  const send = async (): Promise<void> => {
    const sent = await sender.sendOnce();
    if (!sent.ok) return fail('send', sentenceOf(sent.error), 'api', sent.error.retryAfterMs ?? 0);
    const { accepted, rejected, damaged, postponed } = sent.value;
    turn += postponed;
    failures.send = postponed > 0 ? failures.send + 1 : 0;
    due.send = postponed > 0 ? clock.now() + backoffMs(failures.send, pauses, random()) : clock.now();
    state.reportsAccepted += accepted;
    state.reportsRejected += rejected.length;
    if (accepted > 0) log.info({ accepted }, 'Usage reported successfully');
    for (const { report, code } of rejected) {
      log.error(
        { code, namespace: report.namespace, window_start: report.window_start },
        'A report was refused for good',
      );
    }
    for (const { spool, startMs } of damaged) {
      for (const tenant of tenants.values()) if (tenant.spool === spool) tenant.collector.repair([startMs]);
    }
  };
  const isPending = (): boolean => [...tenants.values()].some((t) => t.spool.list('pending', 1).length > 0);

  while (!signal.aborted) {
    if (due.list <= clock.now()) await list();
    const now = clock.now();
    const ready = [...tenants.values()].filter((t) => t.dueMs <= now || t.lookMs <= now);
    for (let at = 0; at < ready.length && !signal.aborted; at += sharing) {
      await measureSome(parts, ready.slice(at, at + sharing), signal);
      if (due.send <= clock.now() && isPending()) await send();
    }
    while (due.send <= clock.now() && isPending() && !signal.aborted) await send();
    summarise(state, [...tenants.values()], failures.list === 0 ? clock.now() : null);
    const nextMs = Math.min(
      due.list,
      isPending() ? due.send : Number.POSITIVE_INFINITY,
      ...[...tenants.values()].map((t) => Math.min(t.dueMs, t.lookMs)),
    );
    if (nextMs > clock.now()) await clock.sleep(Math.min(nextMs - clock.now(), config.windowMs), signal);
  }
}

const keyOf = ({ customer_id, instance_id, namespace }: Reporter): string =>
  JSON.stringify([customer_id, instance_id, namespace]);

function addTenant(parts: ClusterParts, tenants: Map<string, Tenant>, reporter: Reporter): void {
  const { clock, api, log, costs, tell, prometheus } = parts;
  const { customer_id: customerId, instance_id: instanceId, namespace } = reporter;
  const config = { ...parts.config, customerId, instanceId, namespace };
  if (reporter.window_seconds * secondMs !== config.windowMs) {
    log.error({ namespace, window_seconds: reporter.window_seconds }, 'Left out: its windows are of another length');
    return;
  }
  const ask = { prometheus, nowMs: 0 };
  // As of the moment when those who share began: then they ask for the same seconds.
  const frozen: Clock = { now: () => ask.nowMs, sleep: (ms, signal) => clock.sleep(ms, signal) };
  const state = newState(clock.now());
  const spool = openSpool(join(config.spoolDir, customerId, instanceId, namespace));
  const collector = createCollector({
    config,
    clock,
    log: log.child({ namespace }),
    measure: (window, own) => measureWith(ask.prometheus, config, frozen, tell, costs)(window, own),
    own: ownMetersFor(parts, customerId),
    api,
    spool,
    state,
    windowsPerPass: 1,
  });
  tenants.set(keyOf(reporter), { namespace, collector, spool, ask, state, dueMs: 0, lookMs: 0, failures: 0 });
}

const learnt = new WeakMap<ClusterParts, OwnMeters>();

/** They are the operator's and the same for everybody, so that one customer's answer is all's. */
function ownMetersFor(parts: ClusterParts, customerId: string): OwnMeters {
  const known = learnt.get(parts) ?? learnOwnMeters(parts.api, { ...parts.config, customerId }, parts.clock, parts.log);
  learnt.set(parts, known);
  return known;
}

/** A window of each that has one due, until none has, and their second looks. */
async function measureSome(parts: ClusterParts, some: Tenant[], signal: AbortSignal): Promise<void> {
  const { clock, prometheus } = parts;
  const shared = shareAmong(
    prometheus,
    some.map((t) => t.namespace),
  );
  for (const tenant of some) tenant.ask.prometheus = shared.of(tenant.namespace);
  let left = some.filter((t) => t.dueMs <= clock.now());
  while (left.length > 0 && !signal.aborted) {
    const nowMs = clock.now();
    const more: Tenant[] = [];
    for (const tenant of left) {
      tenant.ask.nowMs = nowMs;
      const pass = await tenant.collector.collect(signal);
      if (pass.kind === 'more') more.push(tenant);
      else tenant.dueMs = nextOf(parts, tenant, pass);
    }
    left = more.filter((t) => !t.spool.isFull());
    for (const full of more.filter((t) => t.spool.isFull())) full.dueMs = clock.now() + minuteMs;
    shared.forget();
  }
  const nowMs = clock.now();
  for (const tenant of some.filter((t) => t.lookMs <= nowMs)) {
    if (signal.aborted) break;
    tenant.ask.nowMs = nowMs;
    const pass = await tenant.collector.lookAgain();
    tenant.lookMs = pass.kind === 'more' ? clock.now() : nextOf(parts, tenant, pass);
  }
  shared.forget();
}

/** When a tenant is measured next; one that fails, or may not be measured, holds nobody else up. */
function nextOf(
  { clock, log, random, state }: ClusterParts,
  tenant: Tenant,
  pass: Exclude<Pass, { kind: 'more' }>,
): number {
  if (pass.kind === 'done') {
    tenant.failures = 0;
    return pass.nextAtMs;
  }
  tenant.failures++;
  const words = `${tenant.namespace}: ${pass.message}`;
  state.trouble = words;
  if (pass.kind === 'failed') state.failures[pass.source]++;
  const wishMs = pass.kind === 'failed' ? (pass.retryAfterMs ?? 0) : listMs;
  const nextMs = clock.now() + backoffMs(tenant.failures, pauses, random(), wishMs);
  log.error({ namespace: tenant.namespace, reason: pass.message, retry_ms: nextMs - clock.now() }, 'Not measured now');
  return nextMs;
}

/** The cluster's state from its namespaces'. */
function summarise(state: State, tenants: Tenant[], nowMs: number | null): void {
  const sum = (pick: (s: State) => number): number => tenants.reduce((total, t) => total + pick(t.state), 0);
  state.windowsCollected = sum((s) => s.windowsCollected);
  state.windowsIncomplete = sum((s) => s.windowsIncomplete);
  state.windowsRevised = sum((s) => s.windowsRevised);
  state.lastCollectionMs = Math.max(0, ...tenants.map((t) => t.state.lastCollectionMs ?? 0)) || null;
  if (nowMs === null || tenants.some((t) => t.failures > 0)) return;
  state.trouble = null;
  // With nobody to measure it works all the same.
  state.lastSuccessMs =
    tenants.length === 0 ? nowMs : Math.min(...tenants.map((t) => t.state.lastSuccessMs ?? 0)) || null;
}
