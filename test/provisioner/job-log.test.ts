/** The lines of a run on their way to the queue console: what is sent of them, and what an API that is away costs a run. */
import { describe, expect, it } from 'vitest';
import type { JobContext } from '../../provisioner/executor.ts';
import { failed } from '../../provisioner/failure.ts';
import { jobLog } from '../../provisioner/job-log.ts';
import { redact } from '../../provisioner/redact.ts';
import type { LogLine } from '../../src/contracts/jobs.ts';
import { ok } from '../../src/lib/result.ts';
import { executorOf } from './in-process.ts';
import { eventually, setStage } from './stage.ts';

const stage = setStage();
const texts = (lines: readonly { line: string }[]) => lines.map(({ line }) => line);

/** Runs one job whose executor says what it is told to. */
async function run(work: (context: JobContext) => ReturnType<Parameters<typeof executorOf>[0]>) {
  const job = stage.plane.want(stage.plane.deployment(), 'running');
  stage.start(executorOf(work));
  await eventually(() => expect(job.state).not.toBe('waiting'));
  await eventually(() => expect(job.state).not.toBe('active'));
  return job;
}

describe('a run', () => {
  it('tells its steps, what it says beside them and its end, and a repetition once', async () => {
    const job = await run(async ({ progress, say }) => {
      progress(5, 'namespace');
      for (let n = 0; n < 3; n++) progress(30 + n, '1 of 3 pods ready');
      say('warn', 'slow\r\n\u001b[31m disk');
      progress(60, '3 of 3 pods ready');
      return ok(undefined);
    });
    await eventually(() => expect(job.logs.at(-1)?.line).toMatch(/^done after \d/));
    expect(texts(job.logs).slice(0, -1)).toEqual([
      'run 1: deploy to generation 1, running',
      'namespace',
      '1 of 3 pods ready',
      // One line by the contract’s own schema.
      'slow disk',
      '3 of 3 pods ready',
    ]);
    expect(job.logs.map(({ number, level }) => [number, level])).toContainEqual([4, 'warn']);
  });

  it('that fails tells the objects that are to blame, and the code', async () => {
    const events = [{ object: 'Pod/api-1', reason: 'ErrImagePull', message: 'no such image' }];
    const job = await run(async () => failed('chart_broken', 'the chart is wrong', events));
    await eventually(() => expect(job.logs.at(-1)).toMatchObject({ level: 'error' }));
    expect(texts(job.logs).slice(-2)).toEqual([
      'Pod/api-1: ErrImagePull: no such image',
      expect.stringMatching(/^failed after \S+ s: chart_broken: the chart is wrong$/),
    ]);
  });

  it('goes on to its end when no line of it can be sent, and is not held up', async () => {
    stage.plane.faults.logs = true;
    const begun = performance.now();
    const job = await run(async ({ say }) => {
      for (let n = 0; n < 1000; n++) say('info', `line ${n}`);
      return ok(undefined);
    });
    expect(job).toMatchObject({ state: 'completed', failures: [], logs: [] });
    expect(performance.now() - begun).toBeLessThan(9_000);
  });

  it('of an API that knows no logs is done all the same', async () => {
    const job = await run(async ({ say, job: { lease_id } }) => {
      // Another lease has it by now, as far as the log is concerned: refused for good, like a route that is not there.
      const mine = stage.plane.jobs.find((one) => one.lastLease === lease_id);
      if (mine) mine.lastLease = 'another';
      say('info', 'a line');
      return ok(undefined);
    });
    expect(job).toMatchObject({ state: 'completed', logs: [] });
  });
});

describe('the lines that wait', () => {
  const answers = { kind: 'ok' } as const;
  const down = { kind: 'unavailable', reason: 'down', retryAfterMs: 0 } as const;
  const open = (send: (lines: LogLine[]) => Promise<typeof answers | typeof down>) =>
    jobLog({
      send,
      now: () => performance.now(),
      sentAt: performance.now(),
      serverTime: '2026-11-20T12:00:00.000Z',
      timing: { gatherMs: 10, pauseMs: 10 },
    });

  it('go out in batches of a hundred at most, each line once, in order', async () => {
    const batches: LogLine[][] = [];
    const log = open(async (lines) => {
      batches.push(lines);
      return answers;
    });
    for (let n = 1; n <= 250; n++) log.say('info', `line ${n}`);
    await log.close(5_000);
    expect(batches.map(({ length }) => length)).toEqual([100, 100, 50]);
    expect(texts(batches.flat())).toEqual(Array.from({ length: 250 }, (_, n) => `line ${n + 1}`));
    expect(batches[0]?.[0]?.at).toMatch(/^2026-11-20T12:00:0/);
    log.say('info', 'too late');
    await log.close(0);
    expect(batches.flat()).toHaveLength(250);
  });

  it('of an outage are the last 500, with a word on those that were lost; a batch that may have arrived goes again unchanged', async () => {
    const refused: LogLine[][] = [];
    const taken: LogLine[][] = [];
    let isDown = true;
    const log = open(async (lines) => {
      (isDown ? refused : taken).push(lines);
      return isDown ? down : answers;
    });
    log.say('info', 'first');
    await eventually(() => expect(refused.length).toBeGreaterThan(1));
    for (let n = 1; n <= 700; n++) log.say('info', `line ${n}`);
    isDown = false;
    await eventually(() => expect(taken.flat()).toHaveLength(501));
    expect(new Set(refused.map((lines) => JSON.stringify(lines)))).toEqual(new Set([JSON.stringify(taken[0])]));
    expect(texts(taken[0] ?? [])).toEqual(['first']);
    expect(taken[1]?.[0]?.line).toBe('200 lines before this one were lost: line 201');
    expect(taken.flat().at(-1)).toMatchObject({ number: 701, line: 'line 700' });
  });

  it('are cut where they are too long, and hold no half of a character', async () => {
    const sent: LogLine[] = [];
    const log = open(async (lines) => {
      sent.push(...lines);
      return answers;
    });
    log.say('info', '\u{1F4A5}'.repeat(800));
    await log.close(5_000);
    expect(sent[0]?.line.length).toBeLessThanOrEqual(1000);
    expect(sent[0]?.line.isWellFormed()).toBe(true);
  });
});

describe('what could be a credential', () => {
  const id = '0123456789abcdef'.repeat(2);
  it.each([
    [`key rep_${id}_${id} registered`, `key rep_${id}_[redacted] registered`],
    [`Authorization: Bearer abc.def-123 sent`, 'Authorization: Bearer [redacted] sent'],
    ['token eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl end', 'token [redacted] end'],
    [`POSTGRES_PASSWORD=${'ab12'.repeat(12)}`, 'POSTGRES_PASSWORD=[redacted]'],
    ['postgres://app:s3cret@db:5432/x', 'postgres://[redacted]@db:5432/x'],
  ])('does not leave: %s', (line, shown) => {
    expect(redact(line)).toBe(shown);
  });

  it.each([`customer cust_${id}`, 'sha256:abc digest', `Pod/app-7d9f8b6c5d-x2x4z: BackOff`])(
    'is told from what is none: %s',
    (line) => {
      expect(redact(line)).toBe(line);
    },
  );
});
