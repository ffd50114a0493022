/** What `tenantry queue` and `tenantry dead-letters` order, ask before they do, and print. */
import { describe, expect, it } from 'vitest';
import { callApi, type Heard, jobBody, jobId, problem, type Told } from './harness.ts';

const batchId = `bat_${'b'.repeat(32)}`;
const letterId = `dead_${'d'.repeat(32)}`;
const begun: Told = { status: 202, body: { batch_id: batchId, matched: 12 } };
const page = (total: number): Told => ({ status: 200, body: { items: [], total, page: 1, limit: 1 } });
const sent = (heard: readonly Heard[]) => heard.map(({ method, path }) => `${method} ${path}`);

describe('queue, one job', () => {
  it('promote sends its reason', async () => {
    const { exit, heard, lines } = await callApi(['queue', 'promote', jobId, '--reason', 'mended'], () => ({
      status: 202,
      body: { success: true },
    }));
    expect(exit).toBe(0);
    expect(heard[0]).toMatchObject({ path: `/api/queue/jobs/${jobId}/promote`, body: { reason: 'mended' } });
    expect(lines).toEqual([`${jobId} is due now`]);
  });

  it('remove says what will happen and asks; without a terminal it needs --yes', async () => {
    const told = ({ method }: Heard): Told => (method === 'GET' ? { status: 200, body: jobBody() } : { status: 204 });
    const no = await callApi(['queue', 'remove', jobId], told, 'n');
    expect(no.asked[0]).toContain(
      'deploy of Acme, waiting) ends as failed; what is wanted of the deployment stays wanted',
    );
    expect(sent(no.heard)).toEqual([`GET /api/queue/jobs/${jobId}`]);
    const yes = await callApi(['queue', 'remove', jobId, '--yes', '--reason', 'a b'], told);
    expect(yes.exit).toBe(0);
    expect(yes.heard[1]).toMatchObject({ method: 'DELETE', path: `/api/queue/jobs/${jobId}` });
    expect(yes.heard[1]?.query.get('reason')).toBe('a b');
    expect((await callApi(['queue', 'remove', jobId], told)).exit).toBe(2);
  });

  it('logs prints a line a line, whatever it holds, and asks on until nothing more comes', async () => {
    const line = (seq: number, text: string) => ({ seq, at: '2026-11-21T10:00:01.500Z', level: 'info', line: text });
    const answers = [
      { items: [line(1, 'namespace'), line(2, '\u001b[31mred\nsecond')], next: 2 },
      { items: [line(3, 'done')], next: 3 },
      { items: [], next: 3 },
    ];
    const { heard, lines } = await callApi(['queue', 'logs', jobId], (_heard, nth) => ({
      status: 200,
      body: answers[Math.min(nth, 3) - 1],
    }));
    expect(heard.map(({ query }) => query.get('after'))).toEqual(['0', '2', '3']);
    expect(lines).toEqual([
      '2026-11-21 10:00:01  info   namespace',
      expect.stringMatching(/^[ -~]*red second$/),
      '2026-11-21 10:00:01  info   done',
    ]);
  });

  it('logs --follow goes on until the job has ended, and reads what it ended with', async () => {
    let polls = 0;
    const { lines, slept } = await callApi(['queue', 'logs', jobId, '--follow', '--json'], ({ path }) => {
      if (!path.endsWith('/logs')) {
        polls += 1;
        return { status: 200, body: jobBody({ state: polls < 3 ? 'active' : 'completed' }) };
      }
      const items = polls === 3 ? [{ seq: 1, at: '2026-11-21T10:00:00.000Z', level: 'info', line: 'done' }] : [];
      return { status: 200, body: { items: polls > 3 ? [] : items, next: polls >= 3 ? 1 : 0 } };
    });
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([expect.objectContaining({ line: 'done' })]);
    expect(slept).toHaveLength(2);
  });
});

describe('queue, many jobs', () => {
  it('bulk says how many, asks, and sends the filter of what the action is for', async () => {
    const told = ({ method }: Heard): Told => (method === 'GET' ? page(12) : begun);
    const args = ['queue', 'bulk', 'retry', '--error', 'not_ready: BackOff', '--rate', '7', '--reason', 'r'];
    const { exit, asked, heard, lines } = await callApi(args, told, 'y');
    expect(exit).toBe(0);
    expect(asked[0]).toContain('12 jobs are sent again.');
    const filter = { state: 'failed', error: 'not_ready: BackOff' };
    expect(Object.fromEntries(heard[0]?.query ?? [])).toMatchObject(filter);
    expect(heard[1]).toMatchObject({
      path: '/api/queue/bulk',
      body: { action: 'retry', filter, rate: 7, reason: 'r' },
    });
    expect(lines.at(-1)).toBe(`How far it is: tenantry queue batch ${batchId}`);
  });

  it('bulk takes jobs by their ids, and neither both nor nothing', async () => {
    const { heard } = await callApi(['queue', 'bulk', 'remove', jobId, jobId, '--yes'], () => begun);
    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatchObject({ body: { action: 'remove', ids: [jobId, jobId], rate: 5 } });
    for (const args of [
      ['retry'],
      ['retry', jobId, '--state', 'failed'],
      ['forget', jobId],
      ['retry', 'x'],
      ['retry', jobId, '--rate', '0'],
    ]) {
      expect((await callApi(['queue', 'bulk', ...args, '--yes'], () => begun)).exit, args.join(' ')).toBe(2);
    }
  });

  it('batch says how far it is and what was refused', async () => {
    const body = {
      batch_id: batchId,
      action: 'retry',
      state: 'running',
      rate: 5,
      matched: 12,
      done: 7,
      refused: [{ code: 'job_not_failed', items: 2 }],
      reason: 'nodes are back',
      started_by: 'admin:ada',
      created_at: '2026-11-21T10:00:00.000Z',
      finished_at: null,
    };
    const { lines } = await callApi(['queue', 'batch', batchId], () => ({ status: 200, body }));
    expect(lines).toContain('state       running: 9 of 12');
    expect(lines).toContain('refused     2 job_not_failed');
  });

  it('clean takes a state, and numbers that the API would take', async () => {
    const cleaned: Told = { status: 200, body: { success: true, cleaned: 3 } };
    const { heard, lines } = await callApi(
      ['queue', 'clean', '--state', 'completed', '--older-than', '60'],
      () => cleaned,
    );
    expect(heard[0]?.body).toEqual({ state: 'completed', older_than_seconds: 60, limit: 1000 });
    expect(lines).toEqual(['3 jobs left the lists']);
    expect((await callApi(['queue', 'clean', '--state', 'failed', '--limit', '1001'], () => cleaned)).exit).toBe(2);
    expect((await callApi(['queue', 'clean'], () => cleaned)).exit).toBe(2);
  });

  it('pause and resume name the cluster and the reason, and print what is paused then', async () => {
    const paused = {
      cluster_id: null,
      reason: 'upgrade',
      paused_by: 'admin:ada',
      paused_at: '2026-11-21T10:00:00.000Z',
    };
    const { heard, lines } = await callApi(['queue', 'pause', '--cluster', 'eu-1', '--reason', 'upgrade'], () => ({
      status: 200,
      body: { paused: [paused] },
    }));
    expect(heard[0]).toMatchObject({ path: '/api/queue/pause', body: { cluster_id: 'eu-1', reason: 'upgrade' } });
    expect(lines[1]).toBe('all clusters  2026-11-21 10:00:00  admin:ada  upgrade');
    const over = await callApi(['queue', 'resume', '--reason', 'over'], () => ({ status: 200, body: { paused: [] } }));
    expect(over.lines).toEqual(['nothing is paused']);
    const none = await callApi(['queue', 'pauses'], () => ({ status: 200, body: { paused: [] } }));
    expect(none.lines).toEqual(['nothing is paused']);
    expect((await callApi(['queue', 'pause'], () => begun)).exit).toBe(2);
  });

  it('history and groups are tables', async () => {
    const hour = { hour: '2026-11-21T10:00:00.000Z', done: 12, failed: 1, p50_ms: 41_000, p95_ms: null };
    const history = await callApi(['queue', 'history', '--hours', '1'], () => ({ status: 200, body: [hour] }));
    expect(history.lines[1]?.replace(/ +/g, ' ')).toBe('2026-11-21 10:00 12 1 41.0 s -');
    const group = { cause: 'timeout', jobs: 3, oldest: hour.hour, newest: hour.hour, sample_id: jobId };
    const groups = await callApi(['queue', 'groups'], () => ({ status: 200, body: [group] }));
    expect(groups.lines[1]?.replace(/ +/g, ' ')).toBe(`timeout 3 2026-11-21 10:00 2026-11-21 10:00 ${jobId}`);
    expect((await callApi(['queue', 'groups'], () => ({ status: 200, body: [] }))).lines).toEqual(['no failed jobs']);
  });
});

describe('dead-letters', () => {
  it('replay takes a letter or a code, and neither both nor nothing', async () => {
    const { heard, lines } = await callApi(
      ['dead-letters', 'replay', '--code', 'row_refused', '--rate', '20'],
      () => begun,
    );
    expect(heard[0]).toMatchObject({ path: '/api/dead-letters/replay', body: { code: 'row_refused', rate: 20 } });
    expect(lines[0]).toBe('12 letters, 20 a second');
    expect((await callApi(['dead-letters', 'replay'], () => begun)).exit).toBe(2);
    expect((await callApi(['dead-letters', 'replay', letterId, '--code', 'x'], () => begun)).exit).toBe(2);
  });

  it('drop needs a reason and asks, because what was reported is lost', async () => {
    const { asked, heard } = await callApi(
      ['dead-letters', 'drop', letterId, '--reason', 'a test'],
      () => ({ status: 204 }),
      'y',
    );
    expect(asked[0]).toContain('will never be stored or billed');
    expect(heard[0]).toMatchObject({
      method: 'DELETE',
      path: `/api/dead-letters/${letterId}`,
      body: { reason: 'a test' },
    });
    expect((await callApi(['dead-letters', 'drop', letterId], () => ({ status: 204 }))).exit).toBe(2);
  });

  it('groups prints the most frequent first, as the API answers', async () => {
    const group = {
      queue: 'tenantry-usage',
      code: 'row_refused',
      letters: 4,
      customers: 2,
      oldest: '2026-11-21T10:00:00.000Z',
      newest: '2026-11-21T11:00:00.000Z',
      sample_id: letterId,
      message: 'torn',
    };
    const { lines } = await callApi(['dead-letters', 'groups'], () => ({ status: 200, body: [group] }));
    expect(lines[1]?.replace(/ +/g, ' ')).toBe('row_refused 4 2 2026-11-21 10:00 2026-11-21 11:00 torn');
  });

  it('says no in the words of the API', async () => {
    const refused = await callApi(['queue', 'promote', jobId], () => ({
      status: 409,
      body: problem('job_not_delayed', 'no'),
    }));
    expect(refused).toMatchObject({ exit: 1, notes: [expect.stringContaining('job_not_delayed: no')] });
  });
});
