/**
 * What a simulated namespace uses: a fixed handful of pods whose use follows the day, larger or smaller by a hash of the
 * namespace, so that customers differ and a restart changes nothing. Functions of time alone, known exactly, which is
 * what makes the exporter's quantities checkable. Nothing real is measured here.
 */
import { createHash } from 'node:crypto';
import { dayMs, hourMs, secondMs } from '../../src/lib/time.ts';
import type { Run } from './namespaces.ts';

const MIB = 2 ** 20;

/** One pod with one container, at the mean of a namespace of size 1. Rates are per second. */
export type Part = {
  component: string;
  cpuCores: number;
  memoryBytes: number;
  sentBytes: number;
  receivedBytes: number;
  /** A claim: what it holds at the start, and what it grows by. */
  volume?: { bytes: number; growth: number };
};

export const parts: Part[] = [
  { component: 'api', cpuCores: 0.09, memoryBytes: 190 * MIB, sentBytes: 24_000, receivedBytes: 9_000 },
  { component: 'dashboard', cpuCores: 0.01, memoryBytes: 40 * MIB, sentBytes: 12_000, receivedBytes: 800 },
  { component: 'mosquitto', cpuCores: 0.02, memoryBytes: 24 * MIB, sentBytes: 6_000, receivedBytes: 15_000 },
  {
    component: 'postgres',
    cpuCores: 0.05,
    memoryBytes: 230 * MIB,
    sentBytes: 8_000,
    receivedBytes: 11_000,
    volume: { bytes: 1_200 * MIB, growth: 150 },
  },
  // The platform's own, which the customer does not pay for: left out by EXCLUDE_PODS, as in the chart.
  { component: 'billing-exporter', cpuCores: 0.002, memoryBytes: 60 * MIB, sentBytes: 300, receivedBytes: 2_000 },
];

/** Requests through the ingress, per second at size 1. */
export const ingressRequests = 0.6;

const SIZE_MIN = 0.25;
const SIZE_MAX = 2.5;
const HASH_MAX = 2 ** 32;
const hashOf = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE();

/** How large a customer is. */
export const sizeOf = (namespace: string): number => SIZE_MIN + (SIZE_MAX - SIZE_MIN) * (hashOf(namespace) / HASH_MAX);

/** Most is used at 14:00 UTC, least twelve hours later. */
const SWING = 0.6;
const PEAK_MS = 14 * hourMs;
const angle = (ms: number): number => (2 * Math.PI * (ms - PEAK_MS)) / dayMs;

/** The day's course around 1. */
export const levelAt = (ms: number): number => 1 + SWING * Math.cos(angle(ms));

/** The integral of `levelAt` over a run, in seconds. */
const levelSeconds = ({ startMs, endMs }: Run): number =>
  (endMs - startMs + (SWING * dayMs * (Math.sin(angle(endMs)) - Math.sin(angle(startMs)))) / (2 * Math.PI)) / secondMs;

/** The day's seconds that were lived up to a time in one run, as counters of its pods count them. */
export const livedIn = (run: Run, ms: number): number =>
  ms <= run.startMs ? 0 : levelSeconds({ startMs: run.startMs, endMs: Math.min(ms, run.endMs) });

/** The same seconds over all runs up to a time, for what outlives a pod (ingress counters, a volume's bytes). */
export const livedUpTo = (runs: Run[], ms: number): number => runs.reduce((sum, run) => sum + livedIn(run, ms), 0);
