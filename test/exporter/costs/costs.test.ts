/** What OpenCost's answers come to, and that none of them keeps a window from being reported. */
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { costsIn } from '../../../exporter/costs/allocation.ts';
import { type OpenCost, openCost } from '../../../exporter/costs/client.ts';
import { measureWith } from '../../../exporter/measure.ts';
import { compareLooks } from '../../../exporter/sending/second-look.ts';
import type { WindowReport } from '../../../src/contracts/usage.ts';
import { knownAnswers } from '../prometheus/known-answers.ts';
import { configOf, hourMs, JumpingClock } from '../stand-ins.ts';

const namespace = 'customer-a1b2c3d4';
const startMs = Date.parse('2026-03-10T10:00:00Z');
const window = { startMs, endMs: startMs + hourMs };
const its = { start: '2026-03-10T10:00:00Z', end: '2026-03-10T11:00:00Z' };
/** As OpenCost's documents have one, with what is of no use here. */
const own = {
  name: namespace,
  properties: { cluster: 'cluster-one', namespace },
  window: its,
  start: '2026-03-10T10:05:00Z',
  end: '2026-03-10T11:00:00Z',
  minutes: 55,
  cpuCost: 0.02175,
  cpuCostAdjustment: -0.00175,
  gpuCost: 0,
  ramCost: 0.004,
  ramCostAdjustment: 0,
  pvCost: 0.0005,
  networkCost: 0.001,
  loadBalancerCost: 0.025,
  totalCost: 0.05125,
  totalEfficiency: 0.4,
};
const bodyOf = (more: object = {}, code = 200): string =>
  JSON.stringify({
    code,
    data: [{ [namespace]: { ...own, ...more }, 'kube-system': { ...own, name: 'kube-system' } }],
  });
const told = (body: string, status = 200) => costsIn(status, body, namespace, window);
const reasonOf = (body: string, status?: number) => {
  const costs = told(body, status);
  return costs.ok ? 'ok' : costs.error.reason;
};

describe('an answer of OpenCost', () => {
  it('is the namespace’s own costs with their adjustments, balancers with the network, what is absent as nothing', () => {
    expect(told(bodyOf())).toEqual({
      ok: true,
      value: { cost_cpu: 0.02, cost_memory: 0.004, cost_storage: 0.0005, cost_network: 0.026 },
    });
  });

  it.each([
    ['a page', 'not_json', '<html><title>Sign in</title></html>', 200],
    ['nothing', 'not_json', '', 200],
    ['a page of a proxy that failed', 'refused', '<html>502 Bad Gateway</html>', 502],
    ['an error in its own form', 'refused', '{"code":500,"message":"no data"}', 200],
    ['JSON of something else', 'unknown_form', '{"status":"success"}', 200],
    ['an allocation without costs', 'unknown_form', `{"code":200,"data":[{"${namespace}":{"window":{}}}]}`, 200],
    ['several sets', 'unknown_form', '{"code":200,"data":[{},{}]}', 200],
    [
      'yesterday',
      'other_window',
      bodyOf({ window: { start: '2026-03-09T10:00:00Z', end: '2026-03-09T11:00:00Z' } }),
      200,
    ],
    ['a longer time', 'other_window', bodyOf({ window: { ...its, end: '2026-03-10T12:00:00Z' } }), 200],
    ['no time', 'other_window', bodyOf({ window: { start: 'x', end: 'y' } }), 200],
    ['nothing of the namespace', 'not_listed', '{"code":200,"data":[{"other":{}}]}', 200],
    ['no data', 'not_listed', '{"code":200,"data":null}', 200],
    ['a negative sum', 'out_of_range', bodyOf({ ramCostAdjustment: -1 }), 200],
    ['a number that is none', 'out_of_range', bodyOf({ pvCost: 'NaN' }), 200],
    ['a number beyond all bounds', 'out_of_range', bodyOf({ networkCost: 1e12 }), 200],
  ])('that is %s is refused as %s', (_, reason, body, status) => {
    expect(reasonOf(body, status)).toBe(reason);
  });
});

describe('OpenCost', () => {
  let server: Server;
  let asked: string[] = [];
  let mode: 'well' | 'hangs' | 'page' = 'well';
  const clock = new JumpingClock(window.endMs + 120_000);
  let costs: OpenCost;
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (mode === 'hangs') return;
      response.end(mode === 'page' ? '<html>OpenCost UI</html>' : bodyOf());
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = server.address();
    costs = openCost(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/model/`, clock, 300);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const report = async () => {
    const reasons: string[] = [];
    const tell = {
      gaps: () => {},
      refused: () => {},
      noCosts: (_: unknown, f: { reason: string }) => reasons.push(f.reason),
    };
    const config = configOf({ HTTP_METRICS: 'none' });
    const measured = await measureWith(knownAnswers({}), config, clock, tell, costs)(window);
    if (!measured.ok) throw new Error('no window');
    return { report: measured.value, reasons };
  };

  it('is asked for the window and the namespace, and what it tells is in the report', async () => {
    asked = [];
    const { report: has } = await report();
    expect(has).toMatchObject({ cost_cpu: 0.02, cost_network: 0.026 });
    const url = new URL(asked[0] ?? '', 'http://x');
    expect(url.pathname).toBe('/model/allocation/compute');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      window: '2026-03-10T10:00:00Z,2026-03-10T11:00:00Z',
      aggregate: 'namespace',
      accumulate: 'true',
      filter: `namespace:"${namespace}"`,
    });
  });

  it('that answers a page, or nothing in time, leaves the window as it is without it', async () => {
    const { cost_cpu: _, cost_memory: __, cost_storage: ___, cost_network: ____, ...without } = (await report()).report;
    mode = 'page';
    expect(await report()).toEqual({ report: without, reasons: ['not_json'] });
    mode = 'hangs';
    expect(await report()).toEqual({ report: without, reasons: ['unreachable'] });
    // Left alone for a minute: many windows in a row do not wait.
    asked = [];
    expect((await report()).reasons).toEqual(['unreachable']);
    expect(asked).toEqual([]);
    mode = 'well';
    clock.jumpTo(clock.now() + 61_000);
    expect((await report()).reasons).toEqual([]);
  });

  it('that changes its mind is taken with the second look, and one that no longer answers takes nothing away', () => {
    const first = { window_start: its.start, cpu_hours: 1, cost_cpu: 2, complete: true } as WindowReport;
    expect(compareLooks(first, { ...first, cost_cpu: 1 })).toBe('changed');
    const { cost_cpu: _, ...without } = first;
    expect(compareLooks(first, without as WindowReport)).toBe('less');
    expect(compareLooks(without as WindowReport, first)).toBe('changed');
  });
});
