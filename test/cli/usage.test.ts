import { describe, expect, it } from 'vitest';
import { callApi, customerBody, customerId, type Heard, listed, pageOf, problem, type Told } from './harness.ts';

const range = { from: '2026-10-23T00:00:00.000Z', to: '2026-11-22T00:00:00.000Z' };
const usageOf = (id: string) => ({
  customer_id: id,
  ...range,
  granularity: 'day',
  items: [],
  total: 0,
  page: 1,
  limit: 1,
  totals: { cpu_hours: 2 },
});
const gapsOf = (namespaces: string[]) => ({
  customer_id: customerId,
  ...range,
  items: namespaces.map((namespace) => ({
    namespace,
    instance_id: 'k8s-cluster-1',
    ...range,
    windows: 720,
    reason: 'missing',
  })),
  total: namespaces.length,
  page: 1,
  limit: 100,
});
const costOf = (id: string) => ({
  customer_id: id,
  period: { start: range.from, end: range.to },
  kind: 'manual',
  plan: 'starter',
  status: 'active',
  currency: 'usd',
  complete: true,
  invoiceable: true,
  lines: [],
  total_cents: 2900,
  tax_included: false,
  note: null,
});

/** A fleet of `total` customers; `refuse` names ids whose cost cannot be read. */
function fleet(total: number, refuse: (id: string) => Told | null = () => null) {
  return ({ path, query }: Heard): Told => {
    const id = path.split('/')[3] ?? '';
    if (path === '/api/customers') {
      return pageOf(
        Array.from({ length: total }, (_, i) => listed(i)),
        query,
      );
    }
    if (path.endsWith('/cost')) return refuse(id) ?? { status: 200, body: costOf(id) };
    return { status: 200, body: usageOf(id) };
  };
}

describe('usage --all', () => {
  it('has the operator’s own meters under their titles, asked for once', async () => {
    const asked: string[] = [];
    const { lines } = await callApi(['usage', '--all'], (heard) => {
      if (heard.path.endsWith('/meters')) {
        asked.push(heard.path);
        const own = { field: 'custom_1', meter: 'gpu_time', title: 'GPU time', unit: 'GPU-hour', adds_up: 'sum' };
        return { status: 200, body: { items: [{ ...own, source: null }] } };
      }
      const told = fleet(3)(heard);
      if (!/^\/api\/usage\/[^/]+$/.test(heard.path)) return told;
      return { status: 200, body: { ...usageOf(heard.path.split('/')[3] ?? ''), totals: { custom_1: 1.5 } } };
    });
    expect(lines[0]).toContain('GPU TIME (GPU-HOUR)');
    expect(lines[1]).toContain('1.5');
    expect(asked).toHaveLength(1);
  });

  it('has every customer of every page, tells how far it is, and adds up', async () => {
    const { exit, lines, notes } = await callApi(['usage', '--all', '--days', '7'], fleet(230));
    expect(exit).toBe(0);
    expect(lines.filter((line) => line.startsWith('cust_'))).toHaveLength(230);
    expect(new Set(lines).size).toBe(lines.length);
    expect(notes).toContain('200 of 230 customers');
    expect(lines.at(-1)).toBe('230 customers, $6,670.00 so far in their periods');
  });

  it('has each customer once while others sign up', async () => {
    let signedUp = 150;
    const { exit, lines } = await callApi(['usage', '--all', '--json'], (heard) => {
      if (heard.path === '/api/customers') signedUp += 1;
      // Newest first: each new one moves the others on by one place.
      const all = Array.from({ length: signedUp }, (_, i) => listed(signedUp - i));
      return heard.path === '/api/customers' ? pageOf(all, heard.query) : fleet(0)(heard);
    });
    expect(exit).toBe(0);
    const { items, total } = JSON.parse(lines[0] ?? '') as { items: { customer_id: string }[]; total: number };
    expect(new Set(items.map((one) => one.customer_id)).size).toBe(items.length);
    expect(total).toBe(151);
  });

  it('sums what will be invoiced, and apart from it what will not', async () => {
    const trial = listed(2).customer_id;
    const { lines } = await callApi(['usage', '--all'], (heard) =>
      heard.path === `/api/usage/${trial}/cost`
        ? { status: 200, body: { ...costOf(trial), status: 'trialing', invoiceable: false } }
        : fleet(3)(heard),
    );
    expect(lines.at(-1)).toBe('3 customers, $58.00 so far in their periods; not invoiced: $29.00 of 1 customer');
  });

  it('does not add what an ended customer once owed', async () => {
    const [gone, past] = [listed(1).customer_id, listed(2).customer_id];
    const { lines } = await callApi(['usage', '--all'], (heard) => {
      if (heard.path === `/api/usage/${gone}/cost`)
        return { status: 200, body: { ...costOf(gone), status: 'canceled' } };
      if (heard.path === `/api/usage/${past}/cost`)
        return {
          status: 200,
          body: { ...costOf(past), period: { start: '2026-09-01T00:00:00.000Z', end: '2026-10-01T00:00:00.000Z' } },
        };
      return fleet(4)(heard);
    });
    expect(lines.at(-1)).toBe('4 customers, $58.00 so far in their periods; ended: $58.00 of 2 customers');
  });

  it('goes on when one customer cannot be read, says which, and fails', async () => {
    const bad = listed(3).customer_id;
    const refuse = (id: string): Told | null =>
      id === bad ? { status: 500, body: problem('internal', 'something went wrong') } : null;
    const { exit, lines, notes } = await callApi(['usage', '--all'], fleet(9, refuse));
    expect(exit).toBe(1);
    expect(notes).toEqual(['error: 1 of 9 customers could not be read']);
    expect(lines.filter((line) => line.startsWith('cust_'))).toHaveLength(9);
    expect(lines.find((line) => line.startsWith(bad))).toContain('error: internal: something went wrong');
  });

  it('stops when the API goes away, for nothing more can be read', async () => {
    const { exit, lines, notes } = await callApi(
      ['usage', '--all'],
      fleet(9, () => 'drop'),
    );
    expect(exit).toBe(3);
    expect(lines).toEqual([]);
    expect(notes).toHaveLength(1);
  });
});

describe('usage --customer', () => {
  it.each([
    [['--from', '2026-11-01', '--to', '2026-11-15'], '2026-11-01T00:00:00.000Z', '2026-11-15T00:00:00.000Z'],
    [['--from', '7d'], '2026-11-14T10:00:00.000Z', '2026-11-21T10:00:00.000Z'],
  ])('takes %j', async (args, from, to) => {
    const { heard } = await callApi(['usage', customerId, ...args], ({ path }) => {
      if (path === `/api/customers/${customerId}`) return { status: 200, body: customerBody('ready') };
      if (path.endsWith('/gaps')) return { status: 200, body: gapsOf([]) };
      return { status: 200, body: path.endsWith('/cost') ? costOf(customerId) : usageOf(customerId) };
    });
    const asked = heard.find((one) => one.path === `/api/usage/${customerId}`)?.query;
    expect([asked?.get('from'), asked?.get('to'), asked?.get('days')]).toEqual([from, to, null]);
  });

  it('shows an earlier billing period, and never the running one in its place', async () => {
    const before = { start: '2026-09-23T00:00:00.000Z', end: '2026-10-23T00:00:00.000Z' };
    const show = async (period: string, answered: { start: string; end: string }) =>
      await callApi(['usage', customerId, '--period', period], ({ path }) => {
        if (path === `/api/customers/${customerId}`) return { status: 200, body: customerBody('ready') };
        if (path.endsWith('/gaps')) return { status: 200, body: gapsOf([]) };
        if (path.endsWith('/cost')) return { status: 200, body: { ...costOf(customerId), period: answered } };
        return { status: 200, body: usageOf(customerId) };
      });
    const previous = await show('previous', before);
    expect(previous.heard.find((one) => one.path.endsWith('/cost'))?.query.get('period')).toBe('previous');
    expect(previous.lines.join('\n')).toContain('Cost of 2026-09-23 00:00 to 2026-10-23 00:00 UTC');
    expect((await show('2026-09-23', before)).exit).toBe(0);
    const running = { start: range.from, end: range.to };
    for (const period of ['previous', '2026-09-23']) {
      const { exit, lines, notes } = await show(period, running);
      expect({ exit, lines }).toEqual({ exit: 1, lines: [] });
      expect(notes[0]).toContain('the API answered another billing period: 2026-10-23 00:00 to 2026-11-22 00:00 UTC');
    }
  });

  it('shows the cost alone, or where the period ends', async () => {
    const answer = ({ path }: Heard): Told => {
      if (path.endsWith('/forecast')) {
        const foretold = { low_cents: 2900, high_cents: 5100, method: 'weekday', history_days: 21 };
        return { status: 200, body: { ...costOf(customerId), ...foretold } };
      }
      return { status: 200, body: { ...costOf(customerId), note: 'none\nruns' } };
    };
    const cost = await callApi(['usage', customerId, '--cost'], answer);
    expect(cost.heard.map(({ path }) => path)).toEqual([`/api/usage/${customerId}/cost`]);
    expect(cost.lines[0]).toBe('Cost of 2026-10-23 00:00 to 2026-11-22 00:00 UTC: plan starter, active');
    expect(cost.lines.at(-1)).toBe('Note: none runs');
    const forecast = await callApi(['usage', customerId, '--forecast'], answer);
    expect(forecast.lines[0]).toBe('Forecast of 2026-10-23 00:00 to 2026-11-22 00:00 UTC: plan starter, active');
    expect(forecast.lines.at(-1)).toBe('$29.00 to $51.00 if the days go on as the last 21 days did, by weekday');
  });

  it('reads a long history to its end', async () => {
    const item = (i: number) => ({
      window_start: new Date(Date.UTC(2026, 9, 1, i)).toISOString(),
      window_end: new Date(Date.UTC(2026, 9, 1, i + 1)).toISOString(),
      namespace: 'customer-aaaaaaaa',
      instance_id: 'k8s-cluster-1',
      revision: 1,
      complete: true,
      gap_seconds: 0,
      cpu_hours: 1,
    });
    const answer = ({ path, query }: Heard): Told => {
      if (path === `/api/customers/${customerId}`) return { status: 200, body: customerBody('ready') };
      if (path.endsWith('/gaps')) return { status: 200, body: gapsOf([]) };
      if (path.endsWith('/cost')) return { status: 200, body: costOf(customerId) };
      const page = Number(query.get('page'));
      const items = Array.from({ length: page === 3 ? 20 : 100 }, (_, i) => item((page - 1) * 100 + i));
      return {
        status: 200,
        body: { ...usageOf(customerId), granularity: 'window', items, total: 220, page, limit: 100 },
      };
    };
    const args = ['--customer', customerId, '--granularity', 'window', '--json'];
    const { exit, lines, heard } = await callApi(['usage', ...args], answer);
    expect(exit).toBe(0);
    // Windows that end while it reads must not push others from one page to the next.
    const asked = heard
      .filter((h) => h.query.has('granularity'))
      .map(({ query }) => [query.get('days'), query.get('to')]);
    expect(asked).toEqual([
      ['30', null],
      [null, range.to],
      [null, range.to],
    ]);
    const { history } = JSON.parse(lines.join('')) as { history: { items: { window_start: string }[] } };
    expect(new Set(history.items.map((i) => i.window_start)).size).toBe(220);
  });

  it('shows the gaps of one namespace when one was asked for', async () => {
    const answer = ({ path }: Heard): Told => {
      if (path === `/api/customers/${customerId}`) return { status: 200, body: customerBody('ready') };
      if (path.endsWith('/gaps')) return { status: 200, body: gapsOf(['mine', 'other']) };
      return { status: 200, body: path.endsWith('/cost') ? costOf(customerId) : usageOf(customerId) };
    };
    const gapsShown = async (...args: string[]) => {
      const { lines } = await callApi(['usage', '--customer', customerId, '--json', ...args], answer);
      const { gaps } = JSON.parse(lines.join('')) as { gaps: { items: { namespace: string }[] } };
      return gaps.items.map((gap) => gap.namespace);
    };
    expect(await gapsShown()).toEqual(['mine', 'other']);
    expect(await gapsShown('--namespace', 'mine')).toEqual(['mine']);
  });
});
