/**
 * What OpenCost's answer says that a namespace cost in a window, or why it says nothing that can be taken. Pure.
 *
 * The shape is that of OpenCost's documents (opencost.io, "API" and "API Examples": `GET /allocation/compute` with `window` as an
 * RFC 3339 pair, `aggregate`, `accumulate`): `{code, data: [{"<namespace>": {name, window: {start, end}, cpuCost,
 * cpuCostAdjustment, gpuCost, gpuCostAdjustment, ramCost, ramCostAdjustment, pvCost, pvCostAdjustment, networkCost,
 * networkCostAdjustment, loadBalancerCost, loadBalancerCostAdjustment, …}}]}`, one set a step. What it does not have counts as 0.
 */
import { z } from 'zod';
import { type QuantityField, quantityBounds } from '../../src/contracts/usage.ts';
import { err, ok, type Result } from '../../src/lib/result.ts';
import type { Span } from '../metering/series.ts';

/** Why there are no costs: a name that stays, and words for people. */
export interface CostFailure {
  reason: /** It did not answer, or not in time. */
    | 'unreachable'
    /** It refused, or failed. */
    | 'refused'
    /** It answered a page, or another text. */
    | 'not_json'
    /** Its JSON is not that of an allocation. */
    | 'unknown_form'
    /** It answered more than is read. */
    | 'too_large'
    /** It told of another time, yesterday's for example. */
    | 'other_window'
    /** It knows nothing of the namespace, which is not the same as nothing spent. */
    | 'not_listed'
    /** A cost below zero, or beyond all bounds. */
    | 'out_of_range';
  message: string;
}

/** In dollars, or in whatever currency OpenCost's prices are. */
export type Costs = Record<'cost_cpu' | 'cost_memory' | 'cost_storage' | 'cost_network', number>;

/** Graphics processors are billed with the node, as its CPU is; load balancers are what network costs. */
const parts: Record<keyof Costs, string[]> = {
  cost_cpu: ['cpuCost', 'cpuCostAdjustment', 'gpuCost', 'gpuCostAdjustment'],
  cost_memory: ['ramCost', 'ramCostAdjustment'],
  cost_storage: ['pvCost', 'pvCostAdjustment'],
  cost_network: ['networkCost', 'networkCostAdjustment', 'loadBalancerCost', 'loadBalancerCostAdjustment'],
};
export const costFields = Object.keys(parts) as (keyof Costs & QuantityField)[];

const allocation = z.looseObject({ window: z.object({ start: z.string(), end: z.string() }), cpuCost: z.number() });
const answer = z.object({
  code: z.number(),
  message: z.string().optional(),
  data: z.array(z.record(z.string(), z.unknown()).nullable()).nullish(),
});

const windowSlackMs = 1000;
const millionth = 1e6;
const wordsMax = 120;

/** @param body the answer's text to the question for the window, by namespace */
export function costsIn(status: number, body: string, namespace: string, window: Span): Result<Costs, CostFailure> {
  const json = parsed(body);
  if (json === undefined) {
    if (status >= 300) return err({ reason: 'refused', message: `answered ${status}: ${plain(body)}` });
    return err({ reason: 'not_json', message: `answered no JSON: ${plain(body)}` });
  }
  const told = answer.safeParse(json).data;
  if (status >= 300 || (told && told.code >= 300)) {
    return err({
      reason: 'refused',
      message: `answered ${Math.max(status, told?.code ?? 0)}: ${plain(told?.message ?? body)}`,
    });
  }
  if (!told) return err({ reason: 'unknown_form', message: `no allocation: ${plain(body)}` });
  const sets = (told.data ?? []).filter((set) => set !== null);
  if (sets.length > 1) return err({ reason: 'unknown_form', message: `${sets.length} sets where one was asked for` });
  const found = sets[0]?.[namespace];
  if (found === undefined) return err({ reason: 'not_listed', message: `nothing of ${namespace}` });
  const own = allocation.safeParse(found).data;
  if (!own) return err({ reason: 'unknown_form', message: `no allocation: ${plain(JSON.stringify(found))}` });
  if (!isOf(own.window, window)) {
    return err({ reason: 'other_window', message: `told of ${own.window.start} to ${own.window.end}` });
  }
  return inBounds(own);
}

/** The window of an allocation is the one that was asked for, whenever in it something ran. */
const isOf = ({ start, end }: { start: string; end: string }, { startMs, endMs }: Span): boolean =>
  Math.abs(Date.parse(start) - startMs) <= windowSlackMs && Math.abs(Date.parse(end) - endMs) <= windowSlackMs;

function inBounds(own: Record<string, unknown>): Result<Costs, CostFailure> {
  const costs: Partial<Costs> = {};
  for (const field of costFields) {
    const values = parts[field].map((name) => own[name] ?? 0);
    const sum = values.reduce<number>((total, value) => total + (typeof value === 'number' ? value : Number.NaN), 0);
    const cost = Math.round(sum * millionth) / millionth;
    // A part may be below zero, an adjustment is; what it all comes to is not.
    if (!(cost >= 0 && cost <= quantityBounds[field])) {
      return err({ reason: 'out_of_range', message: `${parts[field].join(' + ')} is ${sum}` });
    }
    costs[field] = cost;
  }
  return ok(costs as Costs);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** What a page or a text says, for people. */
const plain = (text: string): string =>
  text
    .replaceAll(/<(?:style|script)[\s\S]*?<\/(?:style|script)>|<[^>]*>/gi, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, wordsMax) || 'nothing';
