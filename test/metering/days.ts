/** Generated days served by a real Prometheus: one set of blocks with a namespace per shape. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBlocks, type RunningPrometheus, startPrometheus } from '../harness/prometheus.ts';
import { type Case, dayMs, numbersOf } from './model.ts';
import { writeOpenMetrics } from './openmetrics.ts';
import { shapes } from './shapes.ts';

export interface ServedDays {
  cases: Case[];
  prometheus: RunningPrometheus;
  stop(): Promise<void>;
}

const dayStartMs = Date.parse('2026-03-10T00:00:00Z');
const scrapeMs = 30_000;

/** All shapes for one seed, as data. */
export function daysOf(seed: number): Case[] {
  const random = numbersOf(seed);
  return shapes.map((shape) => shape({ fromMs: dayStartMs, toMs: dayStartMs + dayMs, scrapeMs, random }));
}

export async function serveDays(cases: Case[]): Promise<ServedDays> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-days-'));
  const blocksDir = join(folder, 'blocks');
  mkdirSync(blocksDir);
  createBlocks(writeOpenMetrics(cases, folder), blocksDir);
  const prometheus = await startPrometheus({ blocksDir });
  return {
    cases,
    prometheus,
    stop: async () => {
      await prometheus.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
