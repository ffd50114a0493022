/** Runs an application through a plan of troubles and says what the intake has of it, beside what the application knows. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { usageReport } from '../../../src/contracts/usage.ts';
import { ceilTo, floorTo, hourMs } from '../../../src/lib/time.ts';
import { customerId, type Intake, makeIntake, type Stored } from '../../../test/sdk/usage-reporter/intake.ts';
import { seeded } from '../random.ts';
import type { ApplicationOptions, Order } from './application.ts';
import { type Pace, trueMs } from './fast-clock.ts';
import { type Event, mostAheadMs } from './plan.ts';

export interface Outcome {
  windows: number;
  /** Hours that nobody reported. */
  windowsMissing: number;
  /** Windows that came with other numbers, or a second revision. */
  windowsTwice: number;
  refused: number;
  incomplete: number;
  /** Hours in which the application was killed, by a right clock, and which do not say so. */
  killsUnsaid: number;
  /** Windows with a gap, by its reason. */
  reasons: Record<string, number>;
  callsBegun: number;
  callsDone: number;
  callsStored: number;
  /** Done, and not stored. */
  lost: number;
  /** Stored, and never begun. */
  doubled: number;
  batches: number;
  hours: number;
}

/** An hour is a second. */
const speed = 3_600;
const startMs = Date.parse('2026-11-20T00:00:00.000Z');
/** Of the answers to batches, so many are lost on the way. */
const lostAnswers = 0.2;

interface Server {
  url: string;
  intake: Intake;
  state: { trouble: 'refuses' | 'cuts' | 'hangs' | null };
  close: () => Promise<void>;
}

async function serve(pace: Pace, seed: number): Promise<Server> {
  const random = seeded(seed);
  const intake = makeIntake({ now: () => trueMs(pace), activeFromMs: startMs });
  intake.loseAnswer = () => random.fraction() < lostAnswers;
  const state: Server['state'] = { trouble: null };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (state.trouble === 'hangs') return;
    if (state.trouble === 'cuts') return void request.socket.destroy();
    if (state.trouble === 'refuses') return void response.writeHead(503, { 'retry-after': '1' }).end();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = { authorization: request.headers.authorization ?? '' };
    const body = chunks.length > 0 ? { body: Buffer.concat(chunks).toString('utf8') } : {};
    try {
      const answer = await intake.fetch(`http://api${request.url}`, {
        method: request.method ?? 'GET',
        headers,
        ...body,
      });
      response.writeHead(answer.status).end(await answer.text());
    } catch {
      request.socket.destroy();
    }
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => new Promise<void>((done) => void server.close(() => done()).closeAllConnections());
  return { url, intake, state, close };
}

/** One life of the application. */
class Life {
  begun = 0;
  done = 0;
  #waiting = new Map<string, () => void>();
  readonly gone: Promise<void>;
  readonly #child: ChildProcess;

  constructor(options: ApplicationOptions) {
    const file = fileURLToPath(new URL('./application.ts', import.meta.url));
    const env = { ...process.env, APPLICATION: JSON.stringify(options) };
    this.#child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    if (!this.#child.stdout) throw new Error('the application has no stdout');
    const lines = createInterface({ input: this.#child.stdout });
    lines.on('line', (line) => this.#hear(line));
    // What was written before a kill is still read.
    this.gone = new Promise((done) => lines.once('close', done));
  }

  #hear(line: string): void {
    if (line === 'begun') this.begun += 1;
    if (line === 'done') this.done += 1;
    const [word = ''] = line.split(' ');
    this.#waiting.get(word)?.();
    this.#waiting.delete(word);
  }

  /** Resolves when it says so next. */
  says(word: string): Promise<void> {
    return new Promise((done) => void this.#waiting.set(word, done));
  }

  order(order: Order): void {
    this.#child.send(order);
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.gone;
  }
}

const realOf = (ms: number): number => ms / speed;
/** For what never comes. */
const patienceMs = 120_000;

export async function trial(plan: readonly Event[], seed: number): Promise<Outcome> {
  const pace: Pace = { realStartMs: performance.timeOrigin + performance.now(), startMs, speed };
  const server = await serve(pace, seed);
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-trial-'));
  const lives: Life[] = [];
  let wrongMs = 0;
  const start = async (): Promise<Life> => {
    const life = new Life({ apiUrl: server.url, customerId, folder, pace, wrongMs });
    lives.push(life);
    await life.says('ready');
    return life;
  };
  const killedIn: number[] = [];
  let outageOver: Promise<void> = Promise.resolve();
  try {
    let life = await start();
    for (const event of plan) {
      await delay(realOf(event.afterMs));
      if (event.kind === 'outage') {
        await outageOver;
        server.state.trouble = event.how;
        outageOver = delay(realOf(event.ms)).then(() => {
          server.state.trouble = null;
        });
      } else if (event.kind === 'step') {
        wrongMs += event.byMs;
        life.order({ stepMs: event.byMs });
      } else {
        if (event.quiet) {
          life.order({ quiet: true });
          await life.says('quiet');
        }
        await life.kill();
        if (wrongMs === 0 && plan.every(({ kind }) => kind !== 'step')) killedIn.push(floorTo(trueMs(pace), hourMs));
        life = await start();
      }
    }
    await outageOver;
    life.order({ quiet: true });
    await life.says('quiet');
    const lastMs = ceilTo(trueMs(pace) + mostAheadMs(plan), hourMs) + hourMs;
    await until(() => server.intake.rows.has(new Date(lastMs - hourMs).toISOString()));
    life.order({ end: true });
    await life.gone;
    return outcomeOf(server.intake, lives, killedIn, lastMs);
  } finally {
    await lives.at(-1)?.kill();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function until(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error('the last window was never reported');
    await delay(20);
  }
}

/** Whether a window says that its application was killed. */
const saysCrashed = (row: Stored | undefined): boolean =>
  row?.complete === false && usageReport.parse(row).gaps?.some(({ reason }) => reason === 'crashed') === true;

function reasonsOf(rows: readonly Stored[]): Record<string, number> {
  const reasons: Record<string, number> = {};
  for (const row of rows) {
    for (const reason of new Set(usageReport.parse(row).gaps?.map((gap) => gap.reason))) {
      reasons[reason] = (reasons[reason] ?? 0) + 1;
    }
  }
  return reasons;
}

function outcomeOf(intake: Intake, lives: readonly Life[], killedIn: readonly number[], lastMs: number): Outcome {
  const rows = [...intake.rows.values()];
  const hours = (lastMs - startMs) / hourMs;
  const expected = Array.from({ length: hours }, (_, n) => new Date(startMs + n * hourMs).toISOString());
  const sumOf = (of: (life: Life) => number): number => lives.reduce((sum, life) => sum + of(life), 0);
  const callsBegun = sumOf(({ begun }) => begun);
  const callsDone = sumOf(({ done }) => done);
  const callsStored = rows.reduce((sum, row) => sum + Number(row['api_calls'] ?? 0), 0);
  return {
    windows: rows.length,
    windowsMissing: expected.filter((start) => !intake.rows.has(start)).length,
    windowsTwice: intake.conflicts.length,
    refused: intake.refusals.length,
    incomplete: rows.filter((row) => !row.complete).length,
    killsUnsaid: killedIn.filter((ms) => !saysCrashed(intake.rows.get(new Date(ms).toISOString()))).length,
    reasons: reasonsOf(rows),
    callsBegun,
    callsDone,
    callsStored,
    lost: Math.max(0, callsDone - callsStored),
    doubled: Math.max(0, callsStored - callsBegun),
    batches: intake.calls.filter(({ items }) => items > 0).length,
    hours,
  };
}
