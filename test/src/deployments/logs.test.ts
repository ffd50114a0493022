/** The log of a job: what a provisioner sends of its runs, and what people read of it. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { LeasedJob } from '../../../src/contracts/jobs.ts';
import { makeQueue, type Queue, value } from './queue-kit.ts';

interface Logs {
  items: { seq: number; at: string; level: string; line: string }[];
  next: number;
}

let queue: Queue;
beforeAll(async () => {
  queue = await makeQueue();
});

const at = '2026-11-20T12:31:00.000Z';
const linesFrom = (from: number, count: number, text = 'line') =>
  Array.from({ length: count }, (_, n) => ({ number: from + n, at, level: 'info', line: `${text} ${from + n}` }));
const send = (leased: LeasedJob, lines: unknown, fields: Record<string, unknown> = {}) =>
  queue.protocol(leased.job.id, 'logs', { lease_id: leased.lease_id, lines, ...fields });
const read = (jobId: string, query = '') => queue.get<Logs>(`/api/queue/jobs/${jobId}/logs${query}`);
const texts = ({ items }: Logs) => items.map(({ line }) => line);

async function leased() {
  const { jobId } = await queue.waiting();
  return await queue.lease(jobId);
}

describe('the log of a job', () => {
  it('has the lines of its runs in order, from a place on, and a poll that finds nothing stays there', async () => {
    const first = await leased();
    const { id } = first.job;
    expect(await read(id)).toEqual({ items: [], next: 0 });
    expect(await queue.job(id)).toMatchObject({ logs: false });
    expect((await send(first, linesFrom(1, 2))).status).toBe(200);
    expect((await send(first, [{ number: 3, at, level: 'warn', line: 'slow' }])).status).toBe(200);
    const all = await read(id);
    expect(all.items[2]).toEqual({ seq: 3, at, level: 'warn', line: 'slow' });
    expect([texts(all), all.next]).toEqual([['line 1', 'line 2', 'slow'], 3]);
    expect(await read(id, '?after=2')).toMatchObject({ items: [{ seq: 3 }], next: 3 });
    expect(await read(id, '?after=3')).toEqual({ items: [], next: 3 });
    expect(await read(id, '?limit=2')).toMatchObject({ next: 2 });
    expect(await queue.job(id)).toMatchObject({ logs: true });

    await queue.fail(first, { retryable: true });
    queue.api.clock.now += 60_000;
    const second = await queue.lease(id);
    await send(second, linesFrom(1, 1, 'second run'));
    expect(await read(id, '?after=3')).toMatchObject({ items: [{ seq: 4, line: 'second run 1' }] });
  });

  it('keeps a batch once that was sent twice, or half of it again with what came behind', async () => {
    const run = await leased();
    await send(run, linesFrom(1, 3));
    await send(run, linesFrom(1, 3));
    await send(run, linesFrom(2, 4));
    expect(texts(await read(run.job.id))).toEqual(['line 1', 'line 2', 'line 3', 'line 4', 'line 5']);
    await Promise.all([send(run, linesFrom(6, 2)), send(run, linesFrom(6, 2))]);
    expect((await read(run.job.id)).items.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('keeps the last 500 lines, and says how many are gone', async () => {
    const run = await leased();
    for (let from = 1; from < 700; from += 100) await send(run, linesFrom(from, 100));
    const all = await read(run.job.id);
    expect(all.items[0]).toMatchObject({ seq: 200, level: 'warn', line: '200 older lines are not kept' });
    expect(all.items).toHaveLength(501);
    expect([all.items[1]?.line, all.items.at(-1)?.line, all.next]).toEqual(['line 201', 'line 700', 700]);
    // Whoever has read past them is told nothing.
    expect((await read(run.job.id, '?after=650')).items).toHaveLength(50);
    expect(await value('SELECT count(*) v FROM job_logs WHERE job_id = ?', run.job.id)).toBe(500);
  });

  it('makes one line of whatever a pod or a chart has written', async () => {
    const run = await leased();
    const hostile =
      '\u001b[31mred\u001b[0m\r\nERROR forged\u0000 \u202Etxt\u2028next <script>alert(1)</script> \u{1F4A5}';
    expect((await send(run, [{ number: 1, at, level: 'error', line: hostile }])).status).toBe(200);
    const [line] = texts(await read(run.job.id));
    expect(line?.replace(/ +/g, ' ')).toBe('red ERROR forged txt next <script>alert(1)</script> \u{1F4A5}');
  });

  it('takes lines of the last lease only, even behind the result, and of its own cluster', async () => {
    const run = await leased();
    await queue.complete(run);
    expect((await send(run, linesFrom(1, 1))).status).toBe(200);
    const lost = await send({ ...run, lease_id: `lease_${'0'.repeat(32)}` }, linesFrom(1, 1));
    expect([lost.status, ((await lost.json()) as { code: string }).code]).toEqual([409, 'lease_lost']);
    await value("UPDATE jobs SET cluster_id = 'other' WHERE id = ? RETURNING 1 AS v", run.job.id);
    expect((await send(run, linesFrom(2, 1))).status).toBe(409);
    expect(
      (await queue.api.call('GET', `/api/queue/jobs/job_${'0'.repeat(32)}/logs`, { token: queue.tokens.viewer }))
        .status,
    ).toBe(404);
  });

  it('refuses what is no line, too long a line and too many of them', async () => {
    const run = await leased();
    const line = { number: 1, at, level: 'info', line: 'x' };
    const bad = [
      [],
      linesFrom(1, 101),
      [{ ...line, line: 'x'.repeat(1001) }],
      [{ ...line, level: 'debug' }],
      [{ ...line, number: 0 }],
      [{ ...line, at: 'now' }],
    ];
    for (const lines of bad) expect((await send(run, lines)).status).toBe(422);
    expect((await send(run, [{ ...line, secret: 'x' }])).status).toBe(400);
    // The largest that is allowed fits into a body.
    const largest = linesFrom(1, 100).map((one) => ({ ...one, line: '\u{1F4A5}'.repeat(500) }));
    expect((await send(run, largest)).status).toBe(200);
  });
});
