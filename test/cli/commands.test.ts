import { describe, expect, it } from 'vitest';
import { callApi, customerBody, customerId, jobBody, jobId, problem } from './harness.ts';

const made = {
  ...customerBody('pending'),
  license: { jwt: 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln' },
  api_key: `${customerId}_0123456789abcdef0123456789abcdef`,
};

describe('customer', () => {
  const adding = ['add', '--email', 'ada@example.com', '--company', 'Acme', '--plan', 'enterprise'];

  it('add sends what was given and prints the account key, once, and no licence token', async () => {
    const { exit, lines, heard } = await callApi(['customer', ...adding], () => ({ status: 201, body: made }));
    expect(exit).toBe(0);
    expect(heard[0]).toMatchObject({
      method: 'POST',
      path: '/api/customers',
      body: { email: 'ada@example.com', company_name: 'Acme', plan: 'enterprise' },
    });
    expect(lines.filter((line) => line.includes(made.api_key))).toHaveLength(1);
    expect(lines.join('\n')).not.toContain('eyJ');
  });

  it('add --json is one JSON document without the licence token', async () => {
    const { lines } = await callApi(['customer', ...adding, '--json'], () => ({ status: 201, body: made }));
    expect(lines).toHaveLength(1);
    const shown = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    expect(shown).toMatchObject({ api_key: made.api_key, customer: { customer_id: customerId } });
    expect(shown).not.toHaveProperty('license');
  });

  it('list passes its filters on', async () => {
    const args = ['list', '--search', 'a&b=c', '--status', 'trialing', '--plan', 'starter', '--page', '2'];
    const empty = { items: [], total: 0, page: 2, limit: 20 };
    const { heard, lines } = await callApi(['customer', ...args], () => ({ status: 200, body: empty }));
    expect(Object.fromEntries(heard[0]?.query ?? [])).toEqual({
      page: '2',
      limit: '20',
      q: 'a&b=c',
      status: 'trialing',
      plan: 'starter',
    });
    expect(lines).toEqual(['no customers']);
  });
});

describe('a page past the end', () => {
  it.each([
    ['customer', 'customers'],
    ['queue', 'jobs'],
    ['dead-letters', 'dead letters'],
  ])('of %s list says so instead of a bare heading', async (name, what) => {
    const far = await callApi([name, 'list', '--page', '99'], () => ({
      status: 200,
      body: { items: [], total: 45, page: 99, limit: 20 },
    }));
    expect(far).toMatchObject({ exit: 0, lines: ['page 99 is past the end: 3 pages, 45 in all'] });
    const none = await callApi([name, 'list'], () => ({
      status: 200,
      body: { items: [], total: 0, page: 1, limit: 20 },
    }));
    expect(none.lines).toEqual([`no ${what}`]);
  });
});

describe('queue', () => {
  it('show says until when the run may take', async () => {
    const body = jobBody({ state: 'active', attempts: 1, lease_until: '2026-11-21T10:06:00.000Z' });
    const { lines } = await callApi(['queue', 'show', jobId], () => ({ status: 200, body }));
    expect(lines).toContain('may take    until 2026-11-21T10:06:00.000Z; then it waits for another run');
    const { lines: waiting } = await callApi(['queue', 'show', jobId], () => ({ status: 200, body: jobBody() }));
    expect(waiting.join('\n')).not.toContain('may take');
  });

  it('show prints the error and the events of what was not ready', async () => {
    const error = {
      code: 'not_ready',
      message: 'postgres is not ready',
      events: [{ object: 'Pod/postgres-0', reason: 'FailedScheduling', message: '0/1 nodes are\navailable' }],
    };
    const body = jobBody({ state: 'failed', attempts: 3, error });
    const { lines } = await callApi(['queue', 'show', jobId], () => ({ status: 200, body }));
    expect(lines).toContain('error       not_ready: postgres is not ready');
    expect(lines.at(-1)?.trim()).toBe('Pod/postgres-0: FailedScheduling: 0/1 nodes are available');
  });

  it('answers with the counts when nothing else was asked', async () => {
    const body = { waiting: 1, active: 2, completed: 3, failed: 4, delayed: 5 };
    const { lines } = await callApi(['queue'], () => ({ status: 200, body }));
    expect(lines.map((line) => line.replace(/ +/g, ' '))).toEqual([
      'STATE JOBS',
      'waiting 1',
      'active 2',
      'completed 3',
      'failed 4',
      'delayed 5',
    ]);
  });

  it('retry says no in the words of the API', async () => {
    const { exit, notes } = await callApi(['queue', 'retry', jobId], () => ({
      status: 409,
      body: problem('job_not_failed', 'only a failed job can be retried'),
    }));
    expect(exit).toBe(1);
    expect(notes[0]).toContain('job_not_failed: only a failed job can be retried');
  });
});

describe('dead-letters replay-all', () => {
  it('sends each open letter again once, and leaves those that were sent before', async () => {
    const letter = (n: number, replayed: string | null) => ({
      id: `dead_${String(n).padStart(32, '0')}`,
      queue: 'tenantry-usage',
      customer_id: null,
      company_name: null,
      code: 'broken',
      message: 'cannot be stored',
      body: {},
      created_at: '2026-11-21T10:00:00.000Z',
      replayed_at: replayed,
    });
    const items = [letter(1, null), letter(2, '2026-11-21T11:00:00.000Z'), letter(3, null)];
    const { exit, lines, heard } = await callApi(['dead-letters', 'replay-all', '--json'], ({ method, path }) =>
      method === 'GET'
        ? { status: 200, body: { items, total: 3, page: 1, limit: 100 } }
        : { status: 202, body: { success: true, id: path.split('/')[3], replayed_at: '2026-11-21T12:00:00.000Z' } },
    );
    expect(exit).toBe(0);
    expect(JSON.parse(lines[0] ?? '')).toEqual({ replayed: [items[0]?.id, items[2]?.id] });
    expect(heard.filter((h) => h.method === 'POST')).toHaveLength(2);
  });
});
